/**
 * Writes `test/fixtures/openapi`: the schemas of the kinds that tests compare, from the documents that Kubernetes publishes
 * with its sources, without paths, descriptions and the kinds of other tests. Needs Go to fetch the sources.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { trimmedSchema } from '../src/adapters/trimmed-schema.ts';
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

const folder = join(await moduleFolder(KUBERNETES), 'api/openapi-spec/v3');
mkdirSync(TARGET, { recursive: true });
for (const [path, kinds] of Object.entries(KEPT)) {
  const file = `${path.replaceAll('/', '__')}_openapi.json`;
  const document: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  writeFileSync(join(TARGET, file), `${JSON.stringify(trimmedSchema(document as object, kinds))}\n`);
}
