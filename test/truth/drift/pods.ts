import type { Change } from '../../cluster/field-managers.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { DAEMON_SET, DEPLOYMENT, STATEFUL_SET } from './objects.ts';
import { type DriftPair, yaml } from './pair.ts';

/** A strategic merge patch of the pod template's spec. */
function pod(text: string): { strategic: object } {
  return { strategic: { spec: { template: { spec: yaml(text) } } } };
}

function patchByHand(text: string): Change {
  return { kubectl: ['patch', '@', '--type=strategic', '-p', JSON.stringify(pod(text).strategic)] };
}

/** What can happen to a pod template, whichever workload it is in. */
const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  'kubectl set image': [{ kubectl: ['set', 'image', '@', 'main=registry.test/app:2.0.0'] }],
  'kubectl set env adds, overwrites and removes': [
    { kubectl: ['set', 'env', '@', '--containers=main', 'EXTRA=1', 'MODE=loud', 'LEVEL-'] },
  ],
  'kubectl set resources': [
    { kubectl: ['set', 'resources', '@', '-c=main', '--limits=cpu=2,memory=2Gi', '--requests=cpu=0.1'] },
  ],
  'kubectl rollout restart': [{ kubectl: ['rollout', 'restart', '@'] }],
  'kubectl edit of image and argument': [
    { edit: 's#registry.test/side:2#registry.test/side:3#; s#--verbose#--quiet#' },
  ],
  'k9s adds a variable and changes the image': [
    {
      as: 'k9s',
      ...pod('containers: [{name: main, image: "registry.test/app:9", env: [{name: K9S, value: "1"}]}]'),
    },
  ],
  'an injector adds a container and a volume': [
    {
      as: 'injector',
      ...pod(
        'containers: [{name: proxy, image: "proxy:1"}]\nvolumes: [{name: proxy, emptyDir: {}}]\ninitContainers: [{name: iptables, image: "proxy:1"}]',
      ),
    },
  ],
  'kubectl adds a container': [patchByHand('containers: [{name: debug, image: "busybox", stdin: true}]')],
  'a user interface takes a container away': [
    { as: 'node-fetch', json: [{ op: 'remove', path: '/spec/template/spec/containers/1' }] },
  ],
  'tolerations, a list that is one value': [
    patchByHand('tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists}]'),
  ],
  'fields that Git leaves to defaults': [
    patchByHand('dnsPolicy: Default\nsecurityContext: {runAsUser: 1000}\nnodeSelector: {disk: ssd}'),
    { as: 'k9s', ...pod('schedulerName: other\nhostNetwork: true\npriorityClassName: null') },
  ],
  'kubectl apply of an old file': [],
};

const WORKLOADS: Readonly<Record<string, Manifest>> = {
  Deployment: DEPLOYMENT,
  StatefulSet: STATEFUL_SET,
  DaemonSet: DAEMON_SET,
};

/** Every workload with every change of its pod template. */
export const PODS: readonly DriftPair[] = Object.entries(WORKLOADS).flatMap(([kind, git]) =>
  Object.entries(CHANGES).map(([change, by]): DriftPair => ({
    name: `${kind}: ${change}`,
    git,
    by: by.length > 0 ? by : [{ kubectl: ['apply', '-f', '-'], stdin: oldFile(git) }],
  })),
);

/** The manifest as somebody has it on disk: another image, one variable more and one less, no limits. */
function oldFile(git: Manifest): Manifest {
  const text = JSON.stringify(git)
    .replace('registry.test/app:1.0.0', 'registry.test/app:0.9.0')
    .replace('"name":"LEVEL","value":"1"', '"name":"OLD","value":"1"')
    .replace('"limits":{"memory":"1Gi"}', '"limits":{}');
  return JSON.parse(text) as Manifest;
}
