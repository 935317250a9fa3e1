import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, service } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { ingress, since, SHOP } from './workloads-parts.ts';

/** The application as it should be, without what leads to it. */
const green = (): Manifest[] => deploymentTree('wiki', SHOP, { since: since() });

const OWN = { 'app.kubernetes.io/name': 'wiki' };

/** A Service with another spec than it should have, and the empty EndpointSlice that its controller makes of it. */
function misled(spec: Record<string, unknown>): Manifest[] {
  return service('wiki', SHOP, OWN, []).map((object) =>
    object.kind === 'Service' ? { ...object, spec: { ...object.spec, ...spec } } : { ...object, ports: [] },
  );
}

/** Traps: every workload is Ready, and nobody can reach it. */
export const NETWORK_FAULTS: readonly Fault[] = [
  {
    name: 'trap: the selector of a Service is misspelt, and its Ingress leads nowhere',
    objects: () => [
      ...green(),
      ...misled({ selector: { ...OWN, 'app.kubernetes.io/component': 'web' } }),
      ingress('wiki'),
    ],
    root: { ref: 'Service/shop/wiki', reason: 'SelectorMatchesNothing' },
    decoys: ['Ingress/shop/wiki'],
  },
  {
    name: 'trap: the target port of a Service is no port of its pods',
    objects: () => [
      ...green(),
      ...misled({ ports: [{ name: 'http', port: 80, targetPort: 'web', protocol: 'TCP' }] }),
      ingress('wiki'),
    ],
    root: { ref: 'Service/shop/wiki', reason: 'TargetPortMissing' },
    decoys: ['Ingress/shop/wiki'],
  },
  {
    name: 'trap: the Service of an Ingress does not exist',
    objects: () => [...green(), ingress('wiki', { service: 'wiki-web' })],
    root: { ref: 'Ingress/shop/wiki', reason: 'BackendMissing' },
  },
  {
    name: 'trap: an Ingress asks its Service for a port that it does not have',
    objects: () => [
      ...deploymentTree('wiki', SHOP, { since: since(), service: true }),
      ingress('wiki', { port: 8080 }),
    ],
    root: { ref: 'Ingress/shop/wiki', reason: 'BackendMissing' },
  },
];
