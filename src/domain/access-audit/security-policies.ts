import { selects } from '../label-match.ts';
import type { Gateway, Route, SecurityPolicy } from '../objects/gateway.ts';
import { type ClusterObject, type ObjectRef, refOf } from '../objects/meta.ts';
import { byText } from '../text.ts';
import type { AccessObjects } from './observed.ts';

/**
 * How SecurityPolicies of Envoy Gateway ask who comes by a route. One for the route takes the place of one for its
 * Gateway, even if it asks nobody (envoyproxy/gateway internal/gatewayapi/securitypolicy.go).
 */
export function policyGuards(
  route: Route,
  parent: ObjectRef,
  gateway: Gateway | undefined,
  { SecurityPolicy: policies }: Pick<AccessObjects, 'SecurityPolicy'>,
): string[] {
  const own = policies.filter((policy) => isFor(policy, route, route));
  const deciding = own.length > 0 ? own : policies.filter((policy) => isFor(policy, parent, gateway));
  return deciding
    .flatMap(({ name, guards }) => guards.map((guard) => `${guard} of SecurityPolicy ${name}`))
    .toSorted(byText);
}

function isFor(policy: SecurityPolicy, ref: ObjectRef, object: ClusterObject | undefined): boolean {
  if (policy.namespace !== ref.namespace) return false;
  return (
    policy.targets.some((target) => refOf(target) === refOf(ref)) ||
    policy.selectors.some(
      ({ kind, labels }) => kind === ref.kind && object !== undefined && selects(labels, object.labels),
    )
  );
}
