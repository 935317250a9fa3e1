import { refOf } from '../../objects/meta.ts';
import type { Service } from '../../objects/network.ts';
import type { Pod } from '../../objects/workload.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { readyEndpoints, selectedPods } from '../endpoints.ts';
import { firstFault, raised, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { selectable } from '../selectable.ts';
import type { World } from '../world.ts';
import { SERVICE_ADDRESS_RULES } from './service-addresses.ts';

/** Services that lead nowhere. Those without a selector, and ExternalName ones, have their endpoints from elsewhere. */
const SERVICE_RULES: readonly Rule<Service>[] = [
  {
    name: 'TargetPortMissing',
    source: 'kubernetes pkg/controller/util/endpoint FindPort',
    judge: targetPortMissing,
  },
  { name: 'NoEndpoints', source: 'kubernetes api/discovery/v1 EndpointConditions.ready', judge: noEndpoints },
  ...SERVICE_ADDRESS_RULES,
];

/** Services. */
export const SERVICES: RuleSet = {
  component: 'network',
  checked: ({ objects }) => objects.Service,
  judge: (world) =>
    world.objects.Service.filter(({ deletion }) => deletion === undefined).flatMap(
      (service) =>
        firstFault(SERVICE_RULES, service, { component: 'network', ref: refOf(service) }, world) ?? [],
    ),
};

function selects({ type, selector }: Service): boolean {
  return type !== 'ExternalName' && Object.keys(selector).length > 0;
}

function targetPortMissing(service: Service, world: World): Symptom | undefined {
  if (!selects(service)) return undefined;
  const named = service.ports.filter(({ targetPort }) => targetPort !== '' && !/^\d+$/.test(targetPort));
  const pods = named.length > 0 ? selectedPods(service.namespace, service.selector, world) : [];
  if (pods.length === 0) return undefined;
  const offered = [...new Set(pods.flatMap(portNames))];
  const missing = named.map(({ targetPort }) => targetPort).filter((name) => !offered.includes(name));
  if (missing.length === 0) return undefined;
  return {
    state: raised(service.created, world.now, 2),
    message: `its target port ${nameSome(missing, 3)} is no port of its pods, which name ${nameSome(offered.toSorted(byText), 4) || 'none'}`,
    since: service.created,
    evidence: [{ path: 'spec.ports[].targetPort', value: nameSome(missing, 3) }],
  };
}

function portNames({ containers }: Pod): string[] {
  return containers.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? []));
}

function noEndpoints(service: Service, world: World): Symptom | undefined {
  if (!selects(service) || readyEndpoints(service, world) !== 0) return undefined;
  const pods = selectedPods(service.namespace, service.selector, world);
  if (pods.length > 0) return podsUnready(pods, world);
  return world.sees('Pod', service.namespace) || world.sees('Deployment', service.namespace)
    ? selectsNothing(service, world)
    : undefined;
}

function podsUnready(pods: readonly Pod[], world: World): Symptom {
  const owners = [...new Set(pods.map((pod) => world.ownerOf(pod)))].toSorted(byText);
  return {
    state: 'degraded',
    message: `has no ready endpoint: none of ${pods.length} pods of ${nameSome(owners, 2)} is ready`,
    causes: owners,
  };
}

/** Scaled to zero is on purpose; a workload that wants pods and has none is the cause; else the selector is wrong. */
function selectsNothing(service: Service, world: World): Symptom | undefined {
  const { matching, near } = selectable(service, world);
  const selector = Object.entries(service.selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  if (matching.length > 0) {
    const wanting = matching.filter(({ desired }) => desired > 0).map(refOf);
    if (wanting.length === 0)
      return {
        state: 'info',
        message: `has no endpoints: ${nameSome(matching.map(refOf), 2)} is scaled to zero`,
      };
    return {
      state: 'degraded',
      message: `has no endpoints: ${nameSome(wanting, 2)} has no pods`,
      causes: wanting,
    };
  }
  return {
    state: raised(service.created, world.now, 2),
    reason: 'SelectorMatchesNothing',
    message: clip(`has no endpoints: its selector ${selector} matches no pod${near ? `; ${near}` : ''}`, 220),
    since: service.created,
    evidence: [{ path: 'spec.selector', value: clip(selector, 140) }],
  };
}
