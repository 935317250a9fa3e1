import type {
  CiliumEndpoint,
  CiliumNode,
  CiliumPeers,
  CiliumPolicy,
  CiliumPool,
  CiliumRule,
} from '#domain/objects/cilium.ts';
import type { LabelRequirement, LabelSelector } from '#domain/objects/label-selector.ts';

import { at, isTrue, items, keys, string, strings } from '../raw.ts';
import { labelSelector } from './label-selector.ts';
import { type Context, projectObject } from './meta.ts';

/** A CiliumNode: no addresses, keys or health endpoints. */
export function projectCiliumNode(raw: unknown, context: Context): CiliumNode {
  return { ...projectObject(raw, context), kind: 'CiliumNode' };
}

/** A CiliumEndpoint: its state alone; there is one for each pod. */
export function projectCiliumEndpoint(raw: unknown, context: Context): CiliumEndpoint {
  return {
    ...projectObject(raw, context),
    kind: 'CiliumEndpoint',
    labels: {},
    state: string(raw, 'status', 'state'),
  };
}

/** A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy: whom it selects and lets in, no rules of protocols. */
export function projectCiliumPolicy(raw: unknown, context: Context): CiliumPolicy {
  const object = projectObject(raw, context);
  const specs = [at(raw, 'spec'), ...items(raw, 'specs')].filter((spec) => spec !== undefined);
  return {
    ...object,
    kind: context.kind.kind as CiliumPolicy['kind'],
    rules: specs.map((spec) => ruleOf(spec, object.namespace)),
  };
}

function ruleOf(spec: unknown, namespace: string | undefined): CiliumRule {
  const has = (section: string): boolean => Array.isArray(at(spec, section));
  return {
    selector: plainKeys(labelSelector(spec, 'endpointSelector')),
    limitsIngress:
      (has('ingress') || has('ingressDeny')) && at(spec, 'enableDefaultDeny', 'ingress') !== false,
    ingress: items(spec, 'ingress').flatMap((rule) =>
      keys(rule).length === 0 ? [] : peersOf(rule, namespace),
    ),
  };
}

const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';

/** A rule that only names ports lets everybody in (cilium pkg/policy/api/ingress.go). */
function peersOf(rule: unknown, namespace: string | undefined): CiliumPeers {
  const selectors = items(rule, 'fromEndpoints').map((one) => plainKeys(labelSelector({ one }, 'one')) ?? []);
  const homes = selectors.map((selector) => namespacesOf(selector, namespace));
  const entities = strings(rule, 'fromEntities');
  const cidrs = [
    ...strings(rule, 'fromCIDR'),
    ...items(rule, 'fromCIDRSet').flatMap((set) => string(set, 'cidr') ?? groupOf(set) ?? []),
  ];
  const named = keys(rule).some((key) => key.startsWith('from'));
  return {
    namespaces: homes.flatMap((home) => home ?? []),
    anyNamespace: homes.includes(undefined),
    entities: named ? entities : ['all'],
    cidrs,
  };
}

/** A CiliumCIDRGroup, whose networks are not read. */
function groupOf(set: unknown): string | undefined {
  const name = string(set, 'cidrGroupRef');
  return name === undefined ? undefined : `cidr-group:${name}`;
}

/** Undefined for any: a selector without a namespace means that of its policy, if it has one. */
function namespacesOf(selector: LabelSelector, own: string | undefined): string[] | undefined {
  const named = selector.find(
    ({ key }) => key === NAMESPACE || key === `${NAMESPACE_LABELS}${METADATA_NAME}`,
  );
  if (named !== undefined) return named.operator === 'In' ? named.values : undefined;
  if (selector.some(({ key }) => key.startsWith(NAMESPACE_LABELS))) return undefined;
  return own === undefined ? undefined : [own];
}

const METADATA_NAME = 'kubernetes.io/metadata.name';

/** Keys carry the source of a label, as in `k8s:app` (cilium pkg/labels). */
function plainKeys(selector: LabelSelector | undefined): LabelSelector | undefined {
  return selector?.map((requirement): LabelRequirement => ({
    ...requirement,
    key: requirement.key.replace(/^(?:any|k8s)[:.]/, ''),
  }));
}

/** A CiliumLoadBalancerIPPool; its conditions count addresses in their messages (cilium operator/pkg/lbipam). */
export function projectCiliumPool(raw: unknown, context: Context): CiliumPool {
  const object = projectObject(raw, context);
  const counted = (type: string): number | undefined => {
    const { message } = object.conditions.find((one) => one.type === `cilium.io/${type}`) ?? {};
    return message !== undefined && /^\d+$/.test(message) ? Number(message) : undefined;
  };
  const blocks = [...items(raw, 'spec', 'blocks'), ...items(raw, 'spec', 'cidrs')];
  return {
    ...object,
    kind: 'CiliumLoadBalancerIPPool',
    disabled: isTrue(raw, 'spec', 'disabled'),
    serviceSelector: labelSelector(raw, 'spec', 'serviceSelector'),
    blocks: blocks.flatMap((block) => blockOf(block) ?? []),
    total: counted('IPsTotal'),
    available: counted('IPsAvailable'),
  };
}

function blockOf(block: unknown): string | undefined {
  const start = string(block, 'start');
  return start === undefined ? string(block, 'cidr') : `${start}-${string(block, 'stop') ?? start}`;
}
