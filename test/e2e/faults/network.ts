import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree } from '../../cluster/seed.ts';
import { type Fault, since } from './fault.ts';
import { bareService, ingress, podOf, serviceFor } from './parts.ts';

/** Deployment `shop`, which runs, with a Service of its own making in front and an Ingress before that. */
function behind(
  selector: Record<string, string>,
  ports: readonly object[],
  hasEndpoints: boolean,
): Manifest[] {
  const objects = deploymentTree('shop', 'apps', { since: since(300) });
  const pods = hasEndpoints ? [{ name: podOf(objects).metadata.name, ready: true }] : [];
  const front = serviceFor('shop', pods).map((one) =>
    one.kind === 'Service' ? { ...one, spec: { selector, ports } } : one,
  );
  return [...objects, ...front, ingress('shop')];
}

const SELECTOR = { 'app.kubernetes.io/name': 'shop' };

/** What keeps a request from its pods although all of them are well. */
export const NETWORK_FAULTS: readonly Fault[] = [
  {
    name: 'a Service selects by a label that no pod has',
    objects: () =>
      behind({ ...SELECTOR, tier: 'front' }, [{ name: 'http', port: 80, targetPort: 'http' }], false),
    root: {
      ref: 'Service/apps/shop',
      reason: 'SelectorMatchesNothing',
      says: /Deployment\/apps\/shop lacks tier/,
    },
    decoys: ['Ingress/apps/shop'],
  },
  {
    name: 'a Service names a port that its pods do not have',
    objects: () => behind(SELECTOR, [{ name: 'web', port: 80, targetPort: 'web' }], false),
    root: {
      ref: 'Service/apps/shop',
      reason: 'TargetPortMissing',
      says: /target port web is no port of its pods, which name http/,
    },
    decoys: ['Ingress/apps/shop'],
  },
  {
    name: 'an Ingress names a class that does not exist',
    objects: () => [ingress('old', { className: 'nginx', backend: 'web' })],
    root: { ref: 'Ingress/apps/old', reason: 'IngressClassMissing', says: /class nginx does not exist/ },
  },
  {
    name: 'an Ingress leads to a Service that does not exist',
    objects: () => [ingress('old', { backend: 'wbe' })],
    root: { ref: 'Ingress/apps/old', reason: 'BackendMissing', says: /Service wbe does not exist/ },
  },
  {
    name: 'an Ingress leads to a port that its Service does not have',
    objects: () => [ingress('old', { backend: 'web', port: 8080 })],
    root: { ref: 'Ingress/apps/old', reason: 'BackendMissing', says: /Service web has no port 8080/ },
  },
  {
    name: 'a load balancer gives no address',
    objects: () => [bareService('edge', 'apps', { type: 'LoadBalancer' })],
    age: 30,
    root: { ref: 'Service/apps/edge', reason: 'NoLoadBalancerAddress' },
  },
];
