import type { Discovery, ServedKind } from './cluster.ts';

import { ToolError } from '../errors.ts';
import { knownKindOf } from './kinds.ts';
import { byText } from './text.ts';

/** kubectl's short names, for the kinds people type most (kubernetes/kubernetes, the storage of each kind). */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  cm: 'configmaps',
  cj: 'cronjobs',
  crd: 'customresourcedefinitions',
  deploy: 'deployments',
  ds: 'daemonsets',
  ep: 'endpoints',
  ev: 'events',
  hpa: 'horizontalpodautoscalers',
  hr: 'helmreleases',
  ing: 'ingresses',
  ks: 'kustomizations',
  netpol: 'networkpolicies',
  no: 'nodes',
  ns: 'namespaces',
  pdb: 'poddisruptionbudgets',
  po: 'pods',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  rs: 'replicasets',
  sa: 'serviceaccounts',
  sc: 'storageclasses',
  sts: 'statefulsets',
  svc: 'services',
};

/** Groups that repeat a kind of another group under its name; the other one is meant unless a group is named. */
const SECOND_CHOICE: ReadonlySet<string> = new Set(['events.k8s.io', 'metrics.k8s.io', 'extensions']);

/**
 * The served kind that a person means by `Deployment`, `deployments`, `deploy` or `deployments.apps`, in any case.
 * Throws `not_found` for one the cluster does not serve and `invalid_input` for one that several groups serve.
 */
export function resolveKind({ kinds, unavailable }: Discovery, name: string): ServedKind {
  const [base = '', ...rest] = name.toLowerCase().split('.');
  const group = rest.join('.');
  const wanted = SHORT_NAMES[base] ?? base;
  const named = kinds.filter((kind) => kind.kind.toLowerCase() === wanted || kind.plural === wanted);
  const matching = rest.length > 0 ? named.filter((kind) => kind.group === group) : preferred(named);
  const [only, ...others] = matching;
  if (only === undefined) throw unknownKind(name, unavailable);
  if (others.length > 0) throw ambiguousKind(name, matching);
  return only;
}

/** Kubernetes' own kind before its namesakes, such as Longhorn's Node, as kubectl has it. */
function preferred(kinds: readonly ServedKind[]): readonly ServedKind[] {
  const own = kinds.filter(({ kind, group }) => group === '' || knownKindOf(kind, group) === kind);
  if (own.length > 0) return own;
  const firstChoice = kinds.filter(({ group }) => !SECOND_CHOICE.has(group));
  return firstChoice.length > 0 ? firstChoice : kinds;
}

function unknownKind(name: string, unavailable: readonly string[]): ToolError {
  const away = unavailable.length > 0 ? ` These groups do not answer now: ${unavailable.join(', ')}.` : '';
  return new ToolError(
    'not_found',
    `the cluster serves no kind ${JSON.stringify(name.slice(0, 80))}`,
    `Give a kind such as Deployment, a plural such as deployments, or plural.group.${away}`,
  );
}

function ambiguousKind(name: string, kinds: readonly ServedKind[]): ToolError {
  const choices = kinds.map(({ plural, group }) => `${plural}.${group}`).sort(byText);
  return new ToolError(
    'invalid_input',
    `${kinds.length} groups serve a kind ${JSON.stringify(name.slice(0, 80))}`,
    `Name one of: ${choices.join(', ')}.`,
  );
}
