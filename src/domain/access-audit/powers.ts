import type { PowerRule, RoleBinding } from '../objects/access.ts';
import { type ObjectRef, refOf } from '../objects/meta.ts';
import { byText } from '../text.ts';
import type { AccessObjects } from './observed.ts';

/** One thing an account may do that reaches further than it should. */
export interface Power {
  name: string;
  /** Absent for the whole cluster. */
  namespace?: string;
  /** Ref of the binding that gives it. */
  by: string;
}

interface Wanted {
  group: string;
  resources: readonly string[];
  verbs: readonly string[];
}

const WRITE = ['create', 'update', 'patch', 'delete'];

const ON: readonly { name: string; wanted: Wanted }[] = [
  { name: 'secrets', wanted: { group: '', resources: ['secrets'], verbs: ['get', 'list', 'watch'] } },
  { name: 'exec', wanted: { group: '', resources: ['pods/exec', 'pods/attach'], verbs: ['get', 'create'] } },
  {
    name: 'exec',
    wanted: { group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'] },
  },
  { name: 'nodes/proxy', wanted: { group: '', resources: ['nodes/proxy'], verbs: ['get', 'create'] } },
  {
    name: 'impersonate',
    wanted: { group: '', resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] },
  },
  {
    name: 'escalate',
    wanted: {
      group: 'rbac.authorization.k8s.io',
      resources: ['roles', 'clusterroles'],
      verbs: ['escalate', 'bind'],
    },
  },
  { name: 'tokens', wanted: { group: '', resources: ['serviceaccounts/token'], verbs: ['create'] } },
  { name: 'talos', wanted: { group: 'talos.dev', resources: ['serviceaccounts'], verbs: WRITE } },
  { name: 'write workloads', wanted: { group: '', resources: ['pods'], verbs: WRITE } },
  {
    name: 'webhooks',
    wanted: {
      group: 'admissionregistration.k8s.io',
      resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
      verbs: WRITE,
    },
  },
  {
    name: 'write workloads',
    wanted: { group: 'batch', resources: ['jobs', 'cronjobs'], verbs: WRITE },
  },
  {
    name: 'write workloads',
    wanted: { group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets'], verbs: WRITE },
  },
];

/** What a rule gives away, most telling first (kubernetes pkg/registry/rbac/validation, rule matching). */
function powersOf(rule: PowerRule): string[] {
  // A name bounds what is read or changed, not what is become: to bind or to be one mighty role is enough.
  if (rule.names.length > 0)
    return ON.filter(({ name, wanted }) => BECOMING.has(name) && gives(rule, wanted)).map(({ name }) => name);
  const [groups, resources, verbs] = [rule.groups, rule.resources, rule.verbs].map((list) =>
    list.includes('*'),
  );
  if (groups && resources && verbs) return ['cluster-admin'];
  const wildcards = resources && verbs ? ['wildcards'] : [];
  return [...wildcards, ...ON.filter(({ wanted }) => gives(rule, wanted)).map(({ name }) => name)];
}

const BECOMING: ReadonlySet<string> = new Set(['impersonate', 'escalate']);

/** What belongs to no namespace cannot be given in one. */
const CLUSTER_ONLY: ReadonlySet<string> = new Set(['nodes/proxy', 'webhooks']);

function gives({ groups, resources, verbs }: PowerRule, wanted: Wanted): boolean {
  return (
    (groups.includes('*') || groups.includes(wanted.group)) &&
    wanted.resources.some((resource) => resources.some((given) => covers(given, resource))) &&
    (verbs.includes('*') || wanted.verbs.some((verb) => verbs.includes(verb)))
  );
}

function covers(given: string, resource: string): boolean {
  const [, subresource] = resource.split('/');
  return given === '*' || given === resource || (subresource !== undefined && given === `*/${subresource}`);
}

/** Everything beyond the usual that bindings give an account, or a group it is in; each once, whole cluster first. */
export function powersOfAccount(account: ObjectRef, objects: AccessObjects): Power[] {
  return distinct(
    bindings(objects).filter((binding) => binds(binding, account)),
    objects,
  );
}

/** Whose account holds what over the whole cluster; roles that come with Kubernetes are left out. */
export function clusterPowers(objects: AccessObjects): Map<string, string[]> {
  const held = new Map<string, string[]>();
  for (const binding of objects.ClusterRoleBinding) {
    const names = distinct([binding], objects).map(({ name }) => name);
    const worst = WORST.find((name) => names.includes(name));
    if (worst === undefined || binding.role.name.startsWith('system:')) continue;
    const subjects = binding.subjects
      .filter(({ name }) => !name.startsWith('system:masters'))
      .map(subjectText);
    held.set(worst, [...new Set([...(held.get(worst) ?? []), ...subjects])].toSorted(byText));
  }
  return held;
}

/** Powers over the whole cluster that make an account as good as its owner, worst first. */
export const WORST: readonly string[] = [
  'cluster-admin',
  'wildcards',
  'escalate',
  'impersonate',
  'nodes/proxy',
  'webhooks',
  'tokens',
  'talos',
  'secrets',
  'exec',
];

function subjectText({ kind, namespace, name }: ObjectRef): string {
  return kind === 'ServiceAccount' ? `${namespace ?? '?'}/${name}` : `${kind} ${name}`;
}

function bindings(objects: AccessObjects): RoleBinding[] {
  return [...objects.ClusterRoleBinding, ...objects.RoleBinding];
}

function binds({ subjects, namespace }: RoleBinding, account: ObjectRef): boolean {
  const own = `system:serviceaccount:${account.namespace}:${account.name}`;
  const groups = [
    'system:serviceaccounts',
    `system:serviceaccounts:${account.namespace}`,
    'system:authenticated',
  ];
  return subjects.some((subject) => {
    if (subject.kind === 'User') return subject.name === own;
    return subject.kind === 'ServiceAccount'
      ? subject.name === account.name && (subject.namespace ?? namespace) === account.namespace
      : subject.kind === 'Group' && groups.includes(subject.name);
  });
}

function distinct(from: readonly RoleBinding[], objects: AccessObjects): Power[] {
  const roles = new Map([...objects.ClusterRole, ...objects.Role].map((role) => [refOf(role), role]));
  const all = from.flatMap((binding) => {
    const rules = roles.get(refOf(binding.role))?.rules ?? [];
    // The role itself need not be readable: this name says enough.
    const names = binding.role.name === 'cluster-admin' ? ['cluster-admin'] : rules.flatMap(powersOf);
    const given = binding.namespace === undefined ? names : names.filter((name) => !CLUSTER_ONLY.has(name));
    return given.map((name): Power => ({
      name,
      ...(binding.namespace !== undefined && { namespace: binding.namespace }),
      by: refOf(binding),
    }));
  });
  const once = new Map(all.map((power) => [`${power.namespace ?? ''} ${power.name}`, power]));
  return [...once.values()];
}
