import type { Files } from '../../cluster/artifact-server.ts';
import type { Manifest } from '../../cluster/manifest.ts';

/** A directory and a Kustomization for it. `@NS` in texts stands for the namespace that the case has to itself. */
export interface RenderingCase {
  name: string;
  /** By path below the Kustomization's own directory; `../` leads into the case's folder beside it. */
  files: Files;
  /** What the Kustomization's spec has beside source, path and interval. */
  spec?: Record<string, unknown>;
  /** ConfigMaps and Secrets that are in the namespace before. */
  live?: readonly Manifest[];
  /** Part of the message with which both have to fail. */
  fails?: RegExp;
  /** Part of the message with which the API server refuses what both build alike. */
  refused?: RegExp;
}

/** The text of a ConfigMap manifest in the case's namespace. */
export function configMap(name: string, data: Readonly<Record<string, string>>, more = ''): string {
  const lines = Object.entries(data).map(([key, value]) => `  ${key}: ${value}\n`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: "@NS"\n${more}data:\n${lines.join('')}`;
}

/** The text of a small Deployment manifest; `container` are lines of its only container, `main`. */
export function deployment(name: string, container: readonly string[] = []): string {
  const lines = container.map((line) => `          ${line}\n`);
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: "@NS"
  labels: {app: ${name}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: main
          image: registry.test/${name}:1.0.0
${lines.join('')}`;
}

/** The text of a kustomization with these lines. */
export function kustomization(...lines: readonly string[]): string {
  return ['apiVersion: kustomize.config.k8s.io/v1beta1', 'kind: Kustomization', ...lines, ''].join('\n');
}

/** A live ConfigMap or Secret that variables come from. */
export function source(
  kind: 'ConfigMap' | 'Secret',
  name: string,
  data: Readonly<Record<string, string>>,
): Manifest {
  const values = kind === 'Secret' ? { stringData: data } : { data };
  return { apiVersion: 'v1', kind, metadata: { name, namespace: '@NS' }, ...values };
}
