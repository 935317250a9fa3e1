import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, warning } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import {
  ago,
  containerStatusOf,
  BEHIND_WIKI,
  brokenApp,
  since,
  SHOP,
  warnedApp,
  warningsOn,
  WIKI,
} from './workloads-parts.ts';

const wiki = (reason: string): Fault['root'] => ({ ref: WIKI, reason });

/** The application with the state of its container as given: what the seeds do not know. */
function withContainer(
  container: Record<string, unknown>,
  ready: boolean,
  options: { service?: boolean } = {},
): Manifest[] {
  const state = ready ? 'running' : 'not-ready';
  const objects = ready
    ? deploymentTree('wiki', SHOP, { since: since(), service: true, ...options })
    : brokenApp([{ state }]);
  return objects.map((object) => {
    if (object.kind !== 'Pod') return object;
    const status = containerStatusOf(object);
    return { ...object, status: { ...object.status, containerStatuses: [{ ...status, ...container }] } };
  });
}

const ended = (exitCode: number, reason: string, from: number, to: number) => ({
  lastState: { terminated: { exitCode, reason, startedAt: ago(from), finishedAt: ago(to) } },
});

const running = (minutes: number) => ({ state: { running: { startedAt: ago(minutes) } } });

/** What goes wrong inside of a pod that has a node. */
export const CONTAINER_FAULTS: readonly Fault[] = [
  {
    name: 'a container crash-loops with exit 1: Service, Ingress and Kustomization have nothing behind them',
    objects: () => brokenApp([{ state: 'crash-looping', exitCode: 1, message: 'panic: no database' }]),
    root: wiki('CrashLoopBackOff'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'the command of a container does not exist: exit 127 on both pods, and no disruption is allowed',
    objects: () => [
      ...brokenApp(
        [
          { state: 'crash-looping', exitCode: 127 },
          { state: 'crash-looping', exitCode: 127 },
        ],
        { replicas: 2 },
      ),
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'wiki', namespace: SHOP },
        spec: { minAvailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'wiki' } } },
        status: {
          observedGeneration: 1,
          expectedPods: 2,
          currentHealthy: 0,
          desiredHealthy: 1,
          disruptionsAllowed: 0,
        },
      },
    ],
    root: wiki('CrashLoopBackOff'),
    decoys: [...BEHIND_WIKI, 'PodDisruptionBudget/shop/wiki'],
  },
  {
    name: 'trap: a container was killed for memory again, and is Ready at the moment',
    objects: () => withContainer({ ...running(3), restartCount: 2, ...ended(137, 'OOMKilled', 60, 3) }, true),
    root: wiki('OOMKilled'),
  },
  {
    name: 'trap: a liveness probe kills a container every few minutes, and it is Ready in between',
    objects: () => {
      const objects = withContainer({ ...running(2), restartCount: 11, ...ended(143, 'Error', 6, 2) }, true);
      const said = 'Liveness probe failed: HTTP probe failed with statuscode: 503';
      return [...objects, ...warningsOn(objects, 'Unhealthy', said, 33)];
    },
    root: wiki('CrashLoopBackOff'),
  },
  {
    name: 'trap: a readiness probe comes and goes, and the pod is Ready when looked at',
    objects: () => {
      const objects = deploymentTree('wiki', SHOP, { since: since(), service: true });
      const said = 'Readiness probe failed: Get "http://10.244.1.9:8080/healthz": context deadline exceeded';
      return [...objects, ...warningsOn(objects, 'Unhealthy', said, 60)];
    },
    root: wiki('Unhealthy'),
  },
  {
    name: 'a readiness probe fails: the container runs, nothing is behind the Service',
    objects: () =>
      warnedApp(
        { state: 'not-ready' },
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 500',
      ),
    root: wiki('NotReady'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'an init container fails, so that the application never starts',
    objects: () => brokenApp([{ state: 'init-crash-looping', exitCode: 2 }]),
    root: wiki('CrashLoopBackOff'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'the tag of an image does not exist',
    objects: () =>
      brokenApp([
        {
          state: 'image-pull',
          message:
            'Back-off pulling image "registry.test/app:9.9.9": ErrImagePull: failed to resolve reference "registry.test/app:9.9.9": registry.test/app:9.9.9: not found',
        },
      ]),
    root: wiki('ImagePullBackOff'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'the registry refuses the credentials for an image',
    objects: () =>
      brokenApp([
        {
          state: 'image-pull',
          message:
            'Back-off pulling image "registry.test/app:1.0.0": ErrImagePull: failed to authorize: failed to fetch oauth token: unexpected status from GET request: 401 Unauthorized',
        },
      ]),
    root: wiki('ImagePullBackOff'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'a key is missing in a ConfigMap',
    objects: () =>
      brokenApp([{ state: 'config-error', message: "couldn't find key LISTEN in ConfigMap shop/wiki" }]),
    root: wiki('CreateContainerConfigError'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'a Secret does not exist',
    objects: () => brokenApp([{ state: 'config-error', message: 'secret "wiki-database" not found' }]),
    root: wiki('CreateContainerConfigError'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'the runtime cannot run the command of a container',
    objects: () =>
      withContainer(
        {
          state: {
            waiting: {
              reason: 'RunContainerError',
              message:
                'failed to create containerd task: failed to create shim task: OCI runtime create failed: exec: "/app/start": permission denied',
            },
          },
          restartCount: 1,
        },
        false,
      ),
    root: wiki('RunContainerError'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'trap: a rollout hangs on an image that does not exist while the old pods keep it Available',
    objects: () => {
      const pods = [{ state: 'image-pull' as const }];
      const objects = deploymentTree('wiki', SHOP, {
        since: since(),
        service: true,
        replicas: 4,
        stuck: true,
        pods,
      });
      return [
        ...objects,
        warning(objects[2] ?? (objects[0] as Manifest), 'Failed', 'Error: ErrImagePull', { count: 9 }),
      ];
    },
    root: wiki('ImagePullBackOff'),
  },
];
