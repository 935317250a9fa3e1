import { refOf } from '../objects/meta.ts';
import type { Service } from '../objects/network.ts';
import type { TunnelRoute } from '../objects/platform.ts';
import type { Pod } from '../objects/workload.ts';
import { byText } from '../text.ts';
import type { AccessObjects } from './observed.ts';

/** Images of programs that lead from the internet into a cluster past every Service and Ingress. */
const TUNNELS =
  /(?:^|\/)(?:cloudflared|ngrok(?:-\w+)*|frpc|inlets\w*|newt|rathole|bore|zrok|localtunnel)(?:[:@]|$)/;

/** Whether a pod runs such a program. */
export function isTunnel({ containers }: Pod): boolean {
  return containers.some(({ image }) => TUNNELS.test(image));
}

/** A tunnel, and where it leads as far as ConfigMaps of its namespace say; `routes` is empty where none does. */
export interface Tunnel {
  name: string;
  namespace: string;
  routes: readonly TunnelRoute[];
}

/** Tunnels by program and namespace, each once. */
export function tunnelsIn({ Pod: pods, ConfigMap: configs }: AccessObjects): Tunnel[] {
  const found = pods.filter(isTunnel).map(({ containers, namespace = '' }) => ({
    name:
      containers.flatMap(({ image }) => TUNNELS.exec(image)?.[0].replace(/[/:@]/g, '') ?? [])[0] ?? 'tunnel',
    namespace,
  }));
  const distinct = new Map(found.map((one) => [`${one.namespace}/${one.name}`, one]));
  return [...distinct]
    .toSorted(([a], [b]) => byText(a, b))
    .map(([, one]) => ({
      ...one,
      routes: one.name === 'cloudflared' ? routesIn(one.namespace, configs) : [],
    }));
}

function routesIn(namespace: string, configs: AccessObjects['ConfigMap']): TunnelRoute[] {
  return configs
    .filter((config) => config.namespace === namespace)
    .flatMap(({ tunnelRoutes = [] }) => tunnelRoutes);
}

/** Whether a route of a tunnel leads to a Service: `name`, `name.namespace` and the longer names of the cluster's DNS. */
export function leadsTo(
  { to }: TunnelRoute,
  { namespace: home }: Tunnel,
  { name, namespace }: Service,
): boolean {
  const [first, second = home] = to.split('.');
  return first === name && second === namespace;
}

/** Labels by which a controller says which Gateway a Service is for (gateway-api, Envoy Gateway). */
const GATEWAY_NAME = ['gateway.networking.k8s.io/gateway-name', 'gateway.envoyproxy.io/owning-gateway-name'];
const GATEWAY_HOME = 'gateway.envoyproxy.io/owning-gateway-namespace';

/** Refs of the Gateways that tunnels lead to. */
export function tunnelledGateways(objects: AccessObjects): ReadonlySet<string> {
  const tunnels = tunnelsIn(objects).filter(({ routes }) => routes.length > 0);
  if (tunnels.length === 0) return new Set();
  const led = objects.Service.filter((service) =>
    tunnels.some((tunnel) => tunnel.routes.some((route) => leadsTo(route, tunnel, service))),
  );
  return new Set(
    led.flatMap(({ labels, namespace }) =>
      GATEWAY_NAME.flatMap((key) => labels[key] ?? []).map((name) =>
        refOf({ kind: 'Gateway', namespace: labels[GATEWAY_HOME] ?? namespace, name }),
      ),
    ),
  );
}
