import { type Locator, createLocator } from '#domain/locate/locator.ts';
import { mapRepository } from '#domain/locate/repository-map.ts';
import type { Located } from '#domain/locate/resolve.ts';

/** A locator over files that a test writes out. */
export async function locatorOf(files: Readonly<Record<string, string>>): Promise<Locator> {
  return createLocator(await mapRepository(new Map(Object.entries(files)), pause), pause);
}

/** `path:line` of what was found, all candidates of several, or that there is none. */
export function found(located: Located): string | string[] {
  if (located.found === 'none') return 'none';
  if (located.found === 'one') return `${located.definition.file}:${located.definition.line}`;
  return located.candidates.map(({ file, line }) => `${file}:${line}`);
}

/** A Flux Kustomization as a document; `spec` is what is added, indented by two. */
export function fluxKustomization(name: string, path: string, spec = ''): string {
  return [
    'apiVersion: kustomize.toolkit.fluxcd.io/v1',
    'kind: Kustomization',
    `metadata: { name: ${name}, namespace: flux-system }`,
    'spec:',
    `  path: ${path}`,
    '  sourceRef: { kind: GitRepository, name: flux-system }',
    spec,
  ].join('\n');
}

/** Any object without a spec. */
export function manifest(kind: string, name: string, namespace?: string): string {
  const apiVersion = kind === 'HelmRelease' ? 'helm.toolkit.fluxcd.io/v2' : 'v1';
  const lines = [`apiVersion: ${apiVersion}`, `kind: ${kind}`, 'metadata:', `  name: ${name}`];
  return [...lines, ...(namespace ? [`  namespace: ${namespace}`] : []), ''].join('\n');
}

/** A kustomization.yaml that lists resources, with more lines at the end. */
export function kustomization(resources: readonly string[], more = ''): string {
  const list = resources.map((resource) => `  - ${resource}`);
  const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
  return `${head}${list.length > 0 ? `resources:\n${list.join('\n')}\n` : ''}${more}`;
}

async function pause(): Promise<void> {}
