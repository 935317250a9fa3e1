import type { Manifest } from '../../cluster/manifest.ts';
import type { Fault } from './fault.ts';
import { ago, BEFORE, fluxObject, git, kustomization, retrying, stalled } from './flux-objects.ts';

const FLUX_SYSTEM = 'flux-system';
const IMAGES = { kind: 'ImageRepository', name: 'wiki' };

function imagePolicy(reason: string, message: string): Manifest {
  return fluxObject('ImagePolicy', 'wiki', {
    spec: { imageRepositoryRef: { name: IMAGES.name }, policy: { semver: { range: '>=9.0.0' } } },
    told: retrying(reason, message),
  });
}

/** What goes wrong beside sources, Kustomizations and releases. */
export const OTHER_FLUX_FAULTS: readonly Fault[] = [
  {
    name: 'the registry refuses to list the tags of an image',
    objects: () => [
      fluxObject('ImageRepository', 'wiki', {
        spec: { image: 'registry.test/wiki' },
        told: retrying(
          'ReadOperationFailed',
          'scan failed: GET https://registry.test/v2/wiki/tags/list?n=1000: UNAUTHORIZED: authentication required',
        ),
      }),
      imagePolicy('DependencyNotReady', 'retrying in 30s error: no tags in database'),
    ],
    root: { ref: 'ImageRepository/flux-system/wiki', reason: 'ReadOperationFailed' },
    decoys: ['ImagePolicy/flux-system/wiki'],
  },
  {
    name: 'no tag of an image fits its policy',
    objects: () => [
      fluxObject('ImageRepository', 'wiki', {
        spec: { image: 'registry.test/wiki' },
        told: [['Ready', 'True', 'Succeeded', 'successful scan: found 12 tags with checksum 3021231243']],
      }),
      imagePolicy('Failure', 'unable to determine latest version from provided list'),
    ],
    root: { ref: 'ImagePolicy/flux-system/wiki', reason: 'Failure' },
  },
  {
    name: 'image automation may not push',
    objects: () => [
      git('shop'),
      fluxObject('ImageUpdateAutomation', 'shop', {
        spec: { sourceRef: { kind: 'GitRepository', name: 'shop' } },
        told: retrying(
          'GitOperationFailed',
          'failed to update source: failed to push to remote: command error on refs/heads/main: pre-receive hook declined',
        ),
      }),
    ],
    root: { ref: 'ImageUpdateAutomation/flux-system/shop', reason: 'GitOperationFailed' },
  },
  {
    name: 'the Secret with the token of a Receiver is missing',
    objects: () => [
      git('shop'),
      fluxObject('Receiver', 'shop', {
        spec: {
          type: 'github',
          secretRef: { name: 'shop-token' },
          resources: [{ kind: 'GitRepository', name: 'shop' }],
        },
        told: retrying(
          'TokenNotFound',
          `unable to read token from secret 'flux-system/shop-token' error: Secret "shop-token" not found`,
        ),
      }),
    ],
    root: { ref: 'Receiver/flux-system/shop', reason: 'TokenNotFound' },
  },
  {
    name: 'notifications are not delivered: an Alert has no status, only events',
    objects: () => [
      fluxObject('Provider', 'chat', { spec: { type: 'slack', address: 'https://chat.test/hook' } }),
      fluxObject('Alert', 'shop', {
        spec: { providerRef: { name: 'chat' }, eventSources: [{ kind: 'Kustomization', name: '*' }] },
      }),
      dispatchFailed(),
    ],
    root: { ref: 'Alert/flux-system/shop', reason: 'NotificationDispatchFailed' },
  },
  {
    name: 'a FluxInstance cannot be built',
    objects: () => {
      const message = 'build failed: no match found for semver: 9.x';
      return [
        fluxObject('FluxInstance', 'flux', {
          spec: { distribution: { version: '9.x', registry: 'ghcr.io/fluxcd' } },
          told: stalled('BuildFailed', message),
        }),
      ];
    },
    root: { ref: 'FluxInstance/flux-system/flux', reason: 'BuildFailed' },
  },
  {
    name: 'the template of a ResourceSet cannot be rendered',
    objects: () => [
      fluxObject('ResourceSet', 'tenants', {
        spec: { inputs: [{ tenant: 'shop' }] },
        told: stalled(
          'BuildFailed',
          'build failed: failed to parse template: template: resourceset:3:14: executing "resourceset" at <inputs.team>: map has no entry for key "team"',
        ),
      }),
    ],
    root: { ref: 'ResourceSet/flux-system/tenants', reason: 'BuildFailed' },
  },
  {
    name: 'a ResourceSet waits for a Kustomization that cannot be built',
    objects: () => [
      git('shop'),
      kustomization('shop', {
        applied: BEFORE,
        ended: ['ReconciliationSucceeded', 45],
        told: retrying('BuildFailed', 'kustomize build failed: json: unknown field "resorces"'),
      }),
      fluxObject('ResourceSet', 'tenants', {
        spec: {
          dependsOn: [
            {
              apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
              kind: 'Kustomization',
              name: 'shop',
              namespace: FLUX_SYSTEM,
              ready: true,
            },
          ],
        },
        told: [
          [
            'Ready',
            'False',
            'DependencyNotReady',
            'dependency kustomize.toolkit.fluxcd.io/v1/Kustomization/flux-system/shop not ready: status InProgress',
          ],
        ],
      }),
    ],
    root: { ref: 'Kustomization/flux-system/shop', reason: 'BuildFailed' },
    decoys: ['ResourceSet/flux-system/tenants'],
  },
];

/** As notification-controller records it on the Alert (internal/server/event_handlers.go). */
function dispatchFailed(): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'shop.17d0a2f3b1c4e5f6', namespace: FLUX_SYSTEM },
    involvedObject: {
      apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
      kind: 'Alert',
      namespace: FLUX_SYSTEM,
      name: 'shop',
    },
    type: 'Warning',
    reason: 'NotificationDispatchFailed',
    message:
      'failed to send notification for Kustomization/flux-system/shop: postMessage failed: failed to execute request: giving up after 5 attempt(s): dial tcp: lookup chat.test: no such host',
    source: { component: 'notification-controller' },
    firstTimestamp: ago(30),
    lastTimestamp: ago(3),
    count: 6,
  };
}
