import { selectedPods } from '../health/endpoints.ts';
import { selectable } from '../health/selectable.ts';
import type { World } from '../health/world.ts';
import type { Route } from '../objects/gateway.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import type { Ingress, Service } from '../objects/network.ts';
import type { Claim, StorageClass } from '../objects/platform.ts';
import type { Pod } from '../objects/workload.ts';
import { clip, nameSome } from '../text.ts';
import { routeBackends } from './network.ts';

/** What is odd in the references of an object, in words; most of it shows in no status. */
const REMARKS: Readonly<Record<string, readonly ((object: ClusterObject, world: World) => string[])[]>> = {
  Service: [nearMiss, undeclaredPorts],
  Ingress: [ingressPorts],
  HTTPRoute: [routePorts],
  GRPCRoute: [routePorts],
  TLSRoute: [routePorts],
  TCPRoute: [routePorts],
  UDPRoute: [routePorts],
  PersistentVolumeClaim: [waitsForPod],
};

/** Remarks on the objects, in their order. */
export function remarksOn(refs: readonly string[], world: World): string[] {
  const remarks = refs.flatMap((ref) => {
    const object = world.byRef.get(ref);
    return object === undefined
      ? []
      : (REMARKS[object.kind] ?? []).flatMap((remark) =>
          remark(object, world).map((text) => clip(`${ref} ${text}`, 260)),
        );
  });
  return [...new Set(remarks)];
}

function nearMiss(object: ClusterObject, world: World): string[] {
  const service = object as Service;
  const { namespace, selector } = service;
  if (Object.keys(selector).length === 0 || !world.sees('Pod', namespace)) return [];
  if (selectedPods(namespace, selector, world).length > 0) return [];
  const { matching, near } = selectable(service, world);
  if (matching.length > 0 || near === undefined) return [];
  const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return [`selects ${nameSome(wanted, 4)} and no pod; the nearest: ${near}`];
}

/** A number needs no declaration, but one that nobody declares is often a slip; a name that nobody has leads nowhere. */
function undeclaredPorts(object: ClusterObject, world: World): string[] {
  const { ports, selector, namespace } = object as Service;
  const pods = Object.keys(selector).length === 0 ? [] : selectedPods(namespace, selector, world);
  const declared = pods.flatMap(portsOf);
  if (declared.length === 0) return [];
  const missing = ports
    .map(({ port, targetPort }) => targetPort || String(port))
    .filter((target) => !declared.some(({ name, port }) => name === target || String(port) === target));
  const known = [...new Set(declared.map(({ name, port }) => (name ? `${name}:${port}` : String(port))))];
  return missing.map(
    (target) => `sends to port ${target}; its pods declare ${nameSome(known.toSorted(), 5)}`,
  );
}

function portsOf({ containers }: Pod): Pod['containers'][number]['ports'] {
  return containers.flatMap(({ ports }) => ports);
}

function ingressPorts(object: ClusterObject, world: World): string[] {
  const { backends, namespace } = object as Ingress;
  return backends.flatMap(({ service, port }) =>
    backendRemark(refOf({ kind: 'Service', namespace, name: service }), port, world),
  );
}

function routePorts(object: ClusterObject, world: World): string[] {
  const steps = routeBackends(object);
  return (object as Route).backends.flatMap(({ port }, at) => {
    const ref = steps[at]?.ref;
    return ref === undefined || port === undefined ? [] : backendRemark(ref, String(port), world);
  });
}

function backendRemark(ref: string, port: string, world: World): string[] {
  const service = world.byRef.get(ref) as Service | undefined;
  if (service?.kind !== 'Service' || port === '') return [];
  const known = service.ports.map(({ name, port: number }) => (name ? `${name}:${number}` : String(number)));
  const isThere = service.ports.some(({ name, port: number }) => name === port || String(number) === port);
  return isThere ? [] : [`leads to port ${port} of ${ref}, which has ${nameSome(known, 5) || 'none'}`];
}

function waitsForPod(object: ClusterObject, world: World): string[] {
  const { phase, namespace, name, storageClass } = object as Claim;
  const pods = world.podsByClaim.get(`${namespace}/${name}`) ?? [];
  const classes: readonly StorageClass[] = world.objects.StorageClass;
  const own = classes.find((one) => (storageClass === undefined ? one.isDefault : one.name === storageClass));
  if (phase !== 'Pending' || own?.waitsForConsumer !== true || pods.length > 0) return [];
  return ['is bound when a pod mounts it (WaitForFirstConsumer), and no pod does'];
}
