/** One permission of Kubernetes' RBAC; the empty group is the core group. */
export interface Permission {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
}

/** What nobody who only reads should hold; GET on exec and nodes/proxy runs code. */
export const UNWANTED: readonly Permission[] = [
  ...['get', 'list', 'watch'].map((verb) => ({ verb, group: '', resource: 'secrets' })),
  ...['create', 'update', 'patch', 'delete'].flatMap((verb) => [
    { verb, group: '', resource: 'pods' },
    { verb, group: '', resource: 'configmaps' },
    { verb, group: 'apps', resource: 'deployments' },
    { verb, group: 'kustomize.toolkit.fluxcd.io', resource: 'kustomizations' },
    { verb, group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  ]),
  ...['get', 'create'].flatMap((verb) => [
    { verb, group: '', resource: 'pods', subresource: 'exec' },
    { verb, group: '', resource: 'pods', subresource: 'portforward' },
    { verb, group: '', resource: 'nodes', subresource: 'proxy' },
    { verb, group: '', resource: 'services', subresource: 'proxy' },
  ]),
  { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token' },
  { verb: 'impersonate', group: '', resource: 'users' },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
];

/** `get,list secrets, nodes; create pods/exec`: resources by the verbs they share, in the order given. */
export function permissionsText(permissions: readonly Permission[]): string {
  const byResource = Map.groupBy(permissions, nameOf);
  const byVerbs = Map.groupBy(byResource, ([, of]) => of.map(({ verb }) => verb).join(','));
  return [...byVerbs]
    .map(([verbs, resources]) => `${verbs} ${resources.map(([name]) => name).join(', ')}`)
    .join('; ');
}

function nameOf({ resource, subresource, group }: Permission): string {
  return `${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;
}
