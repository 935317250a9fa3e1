import type { Gateway, Route } from '../objects/gateway.ts';
import { refOf } from '../objects/meta.ts';
import type { Ingress, Service } from '../objects/network.ts';
import { byText, nameSome } from '../text.ts';
import type { AccessObjects } from './observed.ts';
import { EVERYWHERE, type Reach, reachOf } from './reach.ts';
import type { Target } from './targets.ts';
import { policyGuards } from './security-policies.ts';
import { isTunnel, leadsTo, type Tunnel, tunnelledGateways, tunnelsIn } from './tunnels.ts';

/** One way to a target. */
export interface Door {
  reach: Reach;
  /** In words. */
  way: string;
  /** What asks who is there, or lets only some in, at the door itself. */
  guards: readonly string[];
  /** Where what comes through it comes from: network policies see something else each time. */
  from: 'outside' | 'proxy' | 'node' | 'tunnel';
  /** What might ask could not be read. */
  isBlind?: boolean;
  /** The namespace of a tunnel. */
  home?: string;
}

/** Every way to a target that objects tell of; the Service inside the cluster is none. */
export function doorsOf(target: Target, objects: AccessObjects): Door[] {
  const doors = [
    ...target.services.flatMap(serviceDoors),
    ...ingressDoors(target, objects),
    ...routeDoors(target, objects),
    ...nodeDoors(target),
    ...tunnelDoors(target, objects),
  ];
  return doors.toSorted((a, b) => byText(a.way, b.way));
}

function serviceDoors(service: Service): Door[] {
  const { type, annotations, addresses = [], sourceRanges = [], externalAddresses = [] } = service;
  const name = `Service ${service.name}`;
  const isBounded = sourceRanges.length > 0 && !sourceRanges.some((range) => EVERYWHERE.has(range.trim()));
  const guards = isBounded ? [`source ranges ${nameSome(sourceRanges, 2)}`] : [];
  const outside = { from: 'outside', guards } as const;
  if (type === 'LoadBalancer')
    return [
      {
        ...outside,
        reach: service.loadBalancerClass === 'tailscale' ? reachOf(['tailscale'], [annotations]) : 'public',
        way: `LoadBalancer ${name}${addresses.length > 0 ? ` at ${nameSome(addresses, 2)}` : ''}`,
      },
    ];
  if (type === 'NodePort') {
    const ports = service.ports.flatMap(({ nodePort }) => nodePort ?? []);
    return [{ ...outside, reach: 'public', way: `NodePort ${name} at ${nameSome(ports.map(String), 3)}` }];
  }
  if (externalAddresses.length > 0)
    return [
      { ...outside, reach: 'public', way: `external IP of ${name}: ${nameSome(externalAddresses, 2)}` },
    ];
  return announced(service).map((way) => ({
    ...outside,
    reach: reachOf(['tailscale.com/expose' in annotations ? 'tailscale' : undefined], [annotations]),
    way,
  }));
}

function announced({ name, annotations }: Service): string[] {
  const host = annotations['external-dns.alpha.kubernetes.io/hostname'];
  return [
    ...(host === undefined ? [] : [`external-dns publishes Service ${name} as ${host}`]),
    ...(annotations['tailscale.com/expose'] === 'true' ? [`Tailscale exposes Service ${name}`] : []),
  ];
}

function ingressDoors({ namespace, services }: Target, { Ingress: all }: AccessObjects): Door[] {
  const names = new Set(services.map(({ name }) => name));
  return all
    .filter((one) => one.namespace === namespace && one.backends.some(({ service }) => names.has(service)))
    .map((ingress) => ingressDoor(ingress));
}

function ingressDoor(ingress: Ingress): Door {
  const { className, annotations, hosts, guards = [] } = ingress;
  return {
    reach: reachOf([className], [annotations]),
    way: `Ingress ${ingress.name} of class ${className ?? 'none'}${hostText(hosts)}`,
    guards: guards.map((key) => key.replace(/^.*\//, '')),
    from: 'proxy',
  };
}

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;

function routeDoors({ services }: Target, objects: AccessObjects): Door[] {
  const refs = new Set(services.map(refOf));
  const gateways = new Map(objects.Gateway.map((gateway) => [refOf(gateway), gateway]));
  const tunnelled = tunnelledGateways(objects);
  return ROUTES.flatMap((kind): readonly Route[] => objects[kind])
    .filter(({ backends }) => backends.some((backend) => refs.has(refOf(backend))))
    .flatMap((route) => {
      const onGateways = route.parents.map((parent) => {
        const gateway = gateways.get(refOf(parent));
        const guards = [...route.authFilters, ...policyGuards(route, parent, gateway, objects)];
        const door = routeDoor(route, {
          where: `Gateway ${parent.name}`,
          name: parent.name,
          gateway,
          guards,
        });
        return tunnelled.has(refOf(parent))
          ? { ...door, reach: 'public' as const, way: `${door.way}, to which a tunnel leads` }
          : door;
      });
      // Which Gateway a ListenerSet adds to is not read: its name alone may tell.
      const onSets = (route.listenerSets ?? []).map(({ name }) =>
        routeDoor(route, { where: `ListenerSet ${name}`, name, guards: route.authFilters }),
      );
      return [...onGateways, ...onSets];
    });
}

interface Hook {
  where: string;
  name: string;
  gateway?: Gateway;
  guards: readonly string[];
}

function routeDoor(route: Route, { where, name, gateway, guards }: Hook): Door {
  return {
    reach: reachOf(
      [name, gateway?.className],
      [route.annotations, ...(gateway ? [gateway.annotations] : [])],
    ),
    way: `${route.kind} ${route.name} on ${where}${hostText(route.hostnames)}`,
    guards,
    from: 'proxy',
  };
}

function hostText(hosts: readonly string[]): string {
  return hosts.length > 0 ? ` as ${nameSome(hosts, 2)}` : '';
}

/** Pods on the node's own network, or with a port of it. */
function nodeDoors({ pods }: Target): Door[] {
  const shared = pods.some(({ hostNetwork }) => hostNetwork);
  const ports = [...new Set(pods.flatMap(({ reach }) => reach?.hostPorts ?? []))];
  const door = { reach: 'public', guards: [], from: 'node' } as const;
  return [
    ...(shared ? [{ ...door, way: "its pods are on the node's network" }] : []),
    ...(!shared && ports.length > 0 ? [{ ...door, way: `host port ${nameSome(ports.map(String), 3)}` }] : []),
  ];
}

/** Where a tunnel leads may be kept in consoles that are not read: then it may lead anywhere it can reach. */
function tunnelDoors(target: Target, objects: AccessObjects): Door[] {
  if (target.pods.some(isTunnel))
    return [{ reach: 'public', way: 'a tunnel runs in its own pod', guards: [], from: 'node' }];
  if (target.services.length === 0) return [];
  return tunnelsIn(objects).flatMap((tunnel): Door[] => {
    const door = { guards: [], from: 'tunnel', home: tunnel.namespace } as const;
    if (tunnel.routes.length > 0) return routesTo(target, tunnel).map((route) => ({ ...door, ...route }));
    const way = `tunnel ${tunnel.name} in ${tunnel.namespace} may lead to it: its routes are not read`;
    return [{ ...door, reach: 'unclear', way }];
  });
}

/** What a tunnel's own configuration leads to a target. */
function routesTo({ services }: Target, tunnel: Tunnel): Pick<Door, 'reach' | 'way' | 'guards'>[] {
  return tunnel.routes.flatMap((route) =>
    services
      .filter((service) => leadsTo(route, tunnel, service))
      .map(({ name }) => ({
        reach: 'public' as const,
        way: `tunnel ${tunnel.name} in ${tunnel.namespace} leads ${route.host} to Service ${name}`,
        guards: route.guarded ? ['Cloudflare Access'] : [],
      })),
  );
}
