import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import type { Service } from '../../objects/network.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { poolsFor } from '../address-pools.ts';
import { eventsOn } from '../events-on.ts';
import { earliest, minutesSince, raised, ripening, type Rule, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';

/** Services of type LoadBalancer: whether they have an address, and whether somebody answers for it. */
export const SERVICE_ADDRESS_RULES: readonly Rule<Service>[] = [
  {
    name: 'AddressRefused',
    source: 'cilium operator/pkg/lbipam condition cilium.io/IPAMRequestSatisfied',
    judge: ifBalanced(ipamUnsatisfied),
  },
  {
    name: 'AddressRefused',
    source: 'metallb internal/allocator, event AllocationFailed',
    judge: ifBalanced(allocationFailed),
  },
  {
    name: 'NoLoadBalancerAddress',
    source: 'kstatus deviation: a LoadBalancer without address is not Current',
    judge: ifBalanced(noAddress),
  },
  {
    name: 'AddressNotAnnounced',
    source: 'metallb api/v1beta1 ServiceL2Status, one for each address',
    judge: ifBalanced(notAnnounced),
  },
  {
    name: 'AnnouncedWithoutEndpoint',
    source: 'metallb speaker layer2_controller.go ShouldAnnounce, externalTrafficPolicy Local',
    judge: ifBalanced(announcedElsewhere),
  },
];

function ifBalanced(judge: Rule<Service>['judge']): Rule<Service>['judge'] {
  return (service, world) => (service.type === 'LoadBalancer' ? judge(service, world) : undefined);
}

const SATISFIED = 'cilium.io/IPAMRequestSatisfied';

function ipamUnsatisfied(service: Service, world: World): Symptom | undefined {
  const told = conditionOf(service, SATISFIED);
  if (told?.status !== 'False') return undefined;
  return {
    state: raised(told.since ?? service.created, world.now, 2),
    reason: told.reason ?? 'AddressRefused',
    message: clip(`gets no address from Cilium: ${told.message ?? told.reason ?? 'no reason'}`, 200),
    since: told.since,
    evidence: [{ path: `conditions[${SATISFIED}]`, value: `False ${told.reason ?? ''}`.trim() }],
    causes: poolsFor(service, world),
  };
}

/** Texts of metallb internal/allocator, and what they mean. */
const REFUSALS: readonly { pattern: RegExp; reason: string }[] = [
  { pattern: /can't change sharing key|sharing key/i, reason: 'SharingKeyClash' },
  { pattern: /already in use on/i, reason: 'PortClash' },
  { pattern: /no available IPs/i, reason: 'OutOfAddresses' },
  { pattern: /no suitable pool|unknown pool|is not allowed in config/i, reason: 'NoSuitablePool' },
];

/** An event that is older than the address it got since tells nothing. */
function allocationFailed(service: Service, world: World): Symptom | undefined {
  const events = eventsOn(service, world, ['AllocationFailed']);
  const [newest] = events;
  if (newest === undefined || service.ingressPoints > 0) return undefined;
  const since = earliest(events.map(({ first }) => first));
  return {
    state: raised(since, world.now, 2),
    reason: REFUSALS.find(({ pattern }) => pattern.test(newest.message))?.reason ?? 'AddressRefused',
    message: clip(`gets no address from MetalLB: ${newest.message}`, 220),
    since,
    causes: poolsFor(service, world),
  };
}

function noAddress(service: Service, world: World): Symptom | undefined {
  if (service.ingressPoints > 0) return undefined;
  return {
    state: ripening(service.created, world.now, 2),
    message: `has no load-balancer address${service.loadBalancerClass ? ` from class ${service.loadBalancerClass}` : ''}`,
    since: service.created,
    causes: poolsFor(service, world),
  };
}

/** Minutes in which a speaker takes over an address. */
const TAKEOVER = 2;

/** Only where this MetalLB writes such statuses at all, and advertises by layer 2 alone. */
function notAnnounced(service: Service, world: World): Symptom | undefined {
  const { ServiceL2Status, BGPAdvertisement } = world.objects;
  const fromPool = Object.keys(service.annotations).some((key) => key.endsWith('/ip-allocated-from-pool'));
  if (!fromPool || ServiceL2Status.length === 0 || BGPAdvertisement.length > 0) return undefined;
  if (announcers(service, world).length > 0 || minutesSince(service.created, world.now) < TAKEOVER)
    return undefined;
  return {
    state: 'degraded',
    message: `no node answers for its address ${nameSome(service.addresses ?? [], 2)}`,
    evidence: [{ path: 'ServiceL2Status', value: 'none names it' }],
    causes: speakers(world),
  };
}

function announcers({ namespace, name }: Service, { objects }: World): string[] {
  return objects.ServiceL2Status.filter(
    (one) => one.service === name && one.serviceNamespace === namespace,
  ).flatMap(({ node }) => node ?? []);
}

function speakers({ objects }: World): string[] {
  return objects.DaemonSet.filter(({ name }) => /(?:^|-)speaker$/.test(name)).map(refOf);
}

/** Under policy Local the node that is asked leads only to its own pods: without one, every request is dropped. */
function announcedElsewhere(service: Service, world: World): Symptom | undefined {
  const nodes = announcers(service, world);
  if (service.trafficPolicy !== 'Local' || nodes.length === 0) return undefined;
  const slices = world.slicesByService.get(`${service.namespace}/${service.name}`);
  if (slices === undefined) return undefined;
  const serving = slices.flatMap(({ endpoints }) => endpoints).filter(({ ready }) => ready);
  const dropping = nodes.filter((node) => !serving.some((endpoint) => endpoint.node === node));
  if (serving.length === 0 || dropping.length === 0) return undefined;
  return {
    // Of two addresses, or while one speaker takes over from another, the other node still serves.
    state: dropping.length < nodes.length ? 'degraded' : 'failed',
    message: `${nameSome(dropping.toSorted(byText), 2)} answers for its address and has no endpoint of it: policy Local drops what arrives`,
    evidence: [
      { path: 'spec.externalTrafficPolicy', value: 'Local' },
      { path: 'ServiceL2Status.status.node', value: nameSome(nodes, 2) },
    ],
    causes: speakers(world),
  };
}
