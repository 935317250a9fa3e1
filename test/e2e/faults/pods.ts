import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, type PodOptions, warning } from '../../cluster/seed.ts';
import { type Fault, since } from './fault.ts';
import { ingress, podOf } from './parts.ts';

/** The only pod of Deployment `shop`, which has been like this for half an hour. */
function shop(pod: PodOptions, events: readonly (readonly [reason: string, message: string])[] = []) {
  return (): Manifest[] => {
    const objects = deploymentTree('shop', 'apps', {
      since: since(30),
      pods: [{ since: since(30), ...pod }],
      service: true,
    });
    const about = podOf(objects);
    return [
      ...objects,
      ingress('shop'),
      ...events.map(([reason, message]) => warning(about, reason, message, { count: 5 })),
    ];
  };
}

const SHOP = 'Deployment/apps/shop';

/** What stands in front of it. */
const FRONT = ['Service/apps/shop', 'Ingress/apps/shop'];

/** What a registry answers, and how it is told. */
const PULLS: readonly (readonly [name: string, message: string, says: RegExp])[] = [
  [
    'a tag that does not exist',
    'failed to resolve reference "registry.test/app:9": registry.test/app:9: not found',
    /image or tag not found/,
  ],
  [
    'a registry that wants a login',
    'failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized',
    /unauthorized/,
  ],
  [
    'a registry that limits the rate',
    'toomanyrequests: You have reached your pull rate limit',
    /limits the rate/,
  ],
  [
    'a registry without a name',
    'dial tcp: lookup registry.test on 10.96.0.10:53: no such host',
    /does not resolve/,
  ],
  [
    'a registry with a bad certificate',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    /certificate of the registry is not trusted/,
  ],
];

/** What the scheduler says, and how it is told. */
const PLACES: readonly (readonly [name: string, message: string, says: RegExp])[] = [
  ['too little memory', '0/3 nodes are available: 3 Insufficient memory.', /not enough memory/],
  [
    'a taint',
    '0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}.',
    /taint dedicated is not tolerated/,
  ],
  [
    'a selector of no node',
    "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
    /no node matches its affinity or selector/,
  ],
  [
    'a host port that is taken',
    "0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.",
    /host port is taken/,
  ],
];

/** What goes wrong in a pod: each is told by its Deployment, with what stands in front of it folded. */
export const POD_FAULTS: readonly Fault[] = [
  {
    name: 'a container crashes',
    objects: shop({ state: 'crash-looping', exitCode: 1, message: 'panic: no configuration' }),
    root: { ref: SHOP, reason: 'CrashLoopBackOff', says: /exit 1 \(application error\), 7 restarts/ },
    decoys: FRONT,
  },
  {
    name: 'a command does not exist',
    objects: shop({ state: 'crash-looping', exitCode: 127 }),
    root: { ref: SHOP, reason: 'CrashLoopBackOff', says: /command not found/ },
    decoys: FRONT,
  },
  {
    name: 'an init container crashes',
    objects: shop({ state: 'init-crash-looping', exitCode: 2 }),
    root: { ref: SHOP, reason: 'CrashLoopBackOff', says: /init container init crash-loops/ },
    decoys: FRONT,
  },
  {
    name: 'memory runs out',
    objects: shop({ state: 'oom-killed' }),
    root: { ref: SHOP, reason: 'CrashLoopBackOff', says: /killed for memory/ },
    decoys: FRONT,
  },
  ...PULLS.map(([name, message, says]): Fault => ({
    name: `an image from ${name}`,
    objects: shop({ state: 'image-pull', message: `Back-off pulling image: ${message}` }),
    root: { ref: SHOP, reason: 'ImagePullBackOff', says },
    decoys: FRONT,
  })),
  {
    name: 'a ConfigMap does not exist',
    objects: shop({ state: 'config-error', message: 'configmap "shop-config" not found' }),
    root: {
      ref: SHOP,
      reason: 'CreateContainerConfigError',
      says: /ConfigMap shop-config does not exist/,
    },
    decoys: FRONT,
  },
  {
    name: 'a Secret lacks a key',
    objects: shop({ state: 'config-error', message: "couldn't find key token in Secret apps/shop-login" }),
    root: {
      ref: SHOP,
      reason: 'CreateContainerConfigError',
      says: /key token is missing in Secret shop-login/,
    },
    decoys: FRONT,
  },
  {
    name: 'a Secret to mount does not exist',
    objects: shop({ state: 'creating' }, [
      ['FailedMount', 'MountVolume.SetUp failed for volume "login" : secret "shop-login" not found'],
    ]),
    root: { ref: SHOP, reason: 'MissingConfig', says: /Secret shop-login does not exist/ },
    decoys: FRONT,
  },
  ...PLACES.map(([name, message, says]): Fault => ({
    name: `no node takes a pod: ${name}`,
    objects: shop({ state: 'unschedulable', message }),
    root: { ref: SHOP, reason: 'Unschedulable', says },
    decoys: FRONT,
  })),
  {
    name: 'no sandbox for a pod',
    objects: shop({ state: 'creating' }, [
      ['FailedCreatePodSandBox', 'plugin type="cilium-cni" failed (add): unable to create endpoint: timeout'],
    ]),
    root: { ref: SHOP, reason: 'FailedCreatePodSandBox', says: /no sandbox on node worker-1: .*timeout/ },
    decoys: FRONT,
  },
  {
    name: 'a readiness probe fails',
    objects: shop({ state: 'not-ready' }, [
      ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
    ]),
    root: { ref: SHOP, reason: 'NotReady', says: /statuscode: 503/ },
    decoys: FRONT,
  },
];
