import type { CiliumPool } from '../objects/cilium.ts';
import type { AddressPool } from '../objects/metallb.ts';
import { refOf } from '../objects/meta.ts';
import type { Service } from '../objects/network.ts';
import { selects } from '../label-match.ts';
import type { World } from './world.ts';

const ASKED_FOR = ['metallb.io/address-pool', 'metallb.universe.tf/address-pool'];
const GIVEN_FROM = ['metallb.io/ip-allocated-from-pool', 'metallb.universe.tf/ip-allocated-from-pool'];

/** Refs of the pools from which a Service of type LoadBalancer may get its address, of Cilium and of MetalLB. */
export function poolsFor(service: Service, { objects }: World): string[] {
  return [
    ...objects.CiliumLoadBalancerIPPool.filter((pool) => serves(pool, service)),
    ...objects.IPAddressPool.filter((pool) => mayGive(pool, service)),
  ].map(refOf);
}

/** Whether a pool of Cilium gives addresses to a Service; its selector knows names and namespaces by keys of their own. */
function serves({ disabled, serviceSelector }: CiliumPool, service: Service): boolean {
  const labels = {
    ...service.labels,
    'io.kubernetes.service.name': service.name,
    'io.kubernetes.service.namespace': service.namespace ?? '',
  };
  return !disabled && (serviceSelector === undefined || selects(serviceSelector, labels));
}

function mayGive({ name, autoAssign }: AddressPool, { annotations }: Service): boolean {
  const asked = ASKED_FOR.map((key) => annotations[key]).find((pool) => pool !== undefined);
  return asked === undefined ? autoAssign : asked === name;
}

/** The Services to which MetalLB gave an address of a pool. */
export function givenFrom({ name }: AddressPool, { objects }: World): Service[] {
  return objects.Service.filter(({ annotations }) => GIVEN_FROM.some((key) => annotations[key] === name));
}

/** Services of type LoadBalancer that have no address and would take one from the pool. */
export function waitingFor(pool: AddressPool | CiliumPool, world: World): Service[] {
  const ref = refOf(pool);
  return world.objects.Service.filter(
    (service) =>
      service.type === 'LoadBalancer' &&
      service.ingressPoints === 0 &&
      service.deletion === undefined &&
      poolsFor(service, world).includes(ref),
  );
}
