/**
 * Writes `test/fixtures/openapi`: the schemas of the kinds that tests compare, from the documents that Kubernetes publishes
 * with its sources, without paths, descriptions and the kinds of other tests. Needs Go to fetch the sources.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { moduleFolder } from '../test/cluster/build.ts';

const KUBERNETES = 'k8s.io/kubernetes@v1.36.2';
const TARGET = join(import.meta.dirname, '../test/fixtures/openapi');

/** Paths below `/openapi/v3`, and the kinds kept of each. */
const KEPT: Record<string, readonly string[]> = {
  'api/v1': ['ConfigMap', 'Namespace', 'PersistentVolumeClaim', 'Secret', 'Service', 'ServiceAccount'],
  'apis/apps/v1': ['Deployment', 'StatefulSet'],
  'apis/autoscaling/v2': ['HorizontalPodAutoscaler'],
  'apis/networking.k8s.io/v1': ['Ingress', 'NetworkPolicy'],
  'apis/rbac.authorization.k8s.io/v1': ['ClusterRole', 'Role', 'RoleBinding'],
};

interface Document {
  components: { schemas: Record<string, unknown> };
}

const folder = join(await moduleFolder(KUBERNETES), 'api/openapi-spec/v3');
mkdirSync(TARGET, { recursive: true });
for (const [path, kinds] of Object.entries(KEPT)) {
  const file = `${path.replaceAll('/', '__')}_openapi.json`;
  const { components } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Document;
  const schemas = reachable(components.schemas, kinds);
  writeFileSync(join(TARGET, file), `${JSON.stringify({ openapi: '3.0.0', components: { schemas } })}\n`);
}

function reachable(all: Record<string, unknown>, kinds: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const waiting = Object.keys(all).filter((name) =>
    kinds.some((kind) => name.endsWith(`.${kind}`) && isKind(all[name])),
  );
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in kept) continue;
    const text = JSON.stringify(all[name], (key, value: unknown) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    );
    kept[name] = JSON.parse(text);
    for (const [, found] of text.matchAll(/#\/components\/schemas\/([^"]+)/g)) waiting.push(found ?? '');
  }
  return kept;
}

function isKind(schema: unknown): boolean {
  return JSON.stringify(schema).includes('x-kubernetes-group-version-kind');
}
