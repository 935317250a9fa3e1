import {
  AUTOSCALER,
  CRON_JOB,
  DAEMON_SET,
  DEPLOYMENT,
  DISRUPTION_BUDGET,
  STATEFUL_SET,
  UNSCALED,
} from './objects.ts';
import { type DriftPair, withSpec, yaml } from './pair.ts';

const ENV = '/spec/template/spec/containers/0/env';

/** What happens to Deployments and the like beside their pods. */
export const WORKLOADS: readonly DriftPair[] = [
  {
    name: 'kubectl scale where Git sets replicas',
    git: DEPLOYMENT,
    by: [{ kubectl: ['scale', '@', '--replicas=5'] }],
  },
  {
    name: 'kubectl scale where Git sets none',
    git: UNSCALED,
    by: [{ kubectl: ['scale', '@', '--replicas=5'] }],
  },
  {
    name: 'kubectl scale of a StatefulSet',
    git: withSpec(STATEFUL_SET, 'replicas: 2'),
    by: [{ kubectl: ['scale', '@', '--replicas=0'] }],
  },
  {
    name: 'an autoscaler scales where Git sets replicas',
    git: DEPLOYMENT,
    by: [{ as: 'kube-controller-manager', merge: { spec: { replicas: 3 } }, subresource: 'scale' }],
  },
  {
    name: 'k9s scales where Git sets none',
    git: UNSCALED,
    by: [{ as: 'k9s', merge: { spec: { replicas: 7 } }, subresource: 'scale' }],
  },
  {
    name: 'k9s scales where Git sets replicas',
    git: DEPLOYMENT,
    by: [{ as: 'k9s', merge: { spec: { replicas: 7 } } }],
  },
  {
    name: 'kubectl patches replicas that Git leaves out',
    git: UNSCALED,
    by: [{ kubectl: ['patch', '@', '-p', '{"spec":{"replicas":4}}'] }],
  },
  { name: 'kubectl rollout pause', git: DEPLOYMENT, by: [{ kubectl: ['rollout', 'pause', '@'] }] },
  {
    name: 'kubectl set serviceaccount',
    git: DEPLOYMENT,
    by: [{ kubectl: ['set', 'serviceaccount', '@', 'robot'] }],
  },
  {
    name: 'kubectl apply --server-side of some fields, by force',
    git: DEPLOYMENT,
    by: [
      {
        kubectl: ['apply', '--server-side', '--force-conflicts', '-f', '-'],
        stdin: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: '@NAME', annotations: { hand: 'made' } },
          spec: { replicas: 4, minReadySeconds: 5, revisionHistoryLimit: 2 },
        },
      },
    ],
  },
  {
    name: 'another applier owns a field together with Flux, and one alone',
    git: DEPLOYMENT,
    by: [{ as: 'operator', apply: { spec: { replicas: 2, minReadySeconds: 9 } } }],
  },
  {
    name: 'kubectl patch, then k9s on the same field',
    git: DEPLOYMENT,
    by: [
      { kubectl: ['patch', '@', '-p', '{"spec":{"replicas":4,"minReadySeconds":5}}'] },
      { as: 'k9s', merge: { spec: { replicas: 6, minReadySeconds: 6 } } },
    ],
  },
  {
    name: 'k9s, then kubectl on the same field',
    git: DEPLOYMENT,
    by: [
      { as: 'k9s', merge: { spec: { minReadySeconds: 6 } } },
      { kubectl: ['patch', '@', '-p', '{"spec":{"minReadySeconds":5}}'] },
    ],
  },
  {
    name: 'changed and changed back',
    git: DEPLOYMENT,
    by: [{ kubectl: ['scale', '@', '--replicas=5'] }, { kubectl: ['scale', '@', '--replicas=2'] }],
  },
  {
    name: 'strategy that Git leaves out, by kubectl',
    git: DEPLOYMENT,
    by: [{ kubectl: ['patch', '@', '-p', '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'] }],
  },
  {
    name: 'strategy that Git leaves out, by k9s',
    git: DEPLOYMENT,
    by: [{ as: 'k9s', merge: { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } } }],
  },
  {
    name: 'surge in percent over a number of Git',
    git: withSpec(DEPLOYMENT, 'strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}'),
    by: [
      {
        as: 'node-fetch',
        put: { spec: { strategy: { rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } } } },
      },
    ],
  },
  {
    name: 'reordered variables',
    git: DEPLOYMENT,
    by: [
      {
        as: 'k9s',
        json: [
          { op: 'move', from: `${ENV}/1`, path: `${ENV}/0` },
          { op: 'add', path: `${ENV}/0`, value: { name: 'FIRST', value: '1' } },
        ],
      },
    ],
  },
  {
    name: 'a variable from a Secret instead of a value',
    git: DEPLOYMENT,
    by: [
      {
        as: 'headlamp',
        json: [
          {
            op: 'replace',
            path: `${ENV}/0`,
            value: { name: 'MODE', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
          },
        ],
      },
    ],
    // Flux adds the value and leaves the reference, which is not its own: it cannot put this back.
    told: ['.spec.template.spec.containers[name="main"].env[name="MODE"].value'],
    refused: /may not be specified when `value` is not empty/,
  },
  {
    name: 'a port of the same number with another protocol',
    git: DEPLOYMENT,
    by: [
      {
        kubectl: [
          'patch',
          '@',
          '-p',
          '{"spec":{"template":{"spec":{"containers":[{"name":"main","ports":[{"name":"udp","containerPort":8080,"protocol":"UDP"}]}]}}}}',
        ],
      },
    ],
  },
  {
    name: 'the same quantity spelled otherwise, and another one',
    git: DEPLOYMENT,
    by: [
      {
        as: 'vpa-updater',
        strategic: yaml(
          '{spec: {template: {spec: {containers: [{name: main, resources: {requests: {cpu: "0.1", memory: 600Mi}}}]}}}}',
        ),
      },
    ],
  },
  {
    name: 'a reloader writes an annotation into the template',
    git: DEPLOYMENT,
    by: [
      {
        as: 'reloader',
        strategic: yaml('{spec: {template: {metadata: {annotations: {reloader.stakater.com/last: x}}}}}'),
      },
    ],
  },
  {
    name: 'update strategy of a StatefulSet',
    git: STATEFUL_SET,
    by: [{ kubectl: ['patch', '@', '-p', '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}'] }],
    // The API server sets the partition back to 0 rather than leave it out.
    told: ['.spec.updateStrategy.rollingUpdate'],
  },
  {
    name: 'update strategy of a DaemonSet',
    git: DAEMON_SET,
    by: [{ as: 'k9s', merge: { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 1 } } } } }],
  },
  {
    name: 'update strategy of a DaemonSet becomes another',
    git: DAEMON_SET,
    by: [
      {
        kubectl: ['patch', '@', '-p', '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'],
      },
    ],
  },
  {
    name: 'schedule and suspension of a CronJob',
    git: CRON_JOB,
    by: [{ kubectl: ['patch', '@', '-p', '{"spec":{"schedule":"@hourly","suspend":true}}'] }],
  },
  {
    name: 'suspension of a CronJob by k9s',
    git: CRON_JOB,
    by: [{ as: 'k9s', merge: { spec: { suspend: true } } }],
  },
  {
    name: 'suspension of a CronJob that Git forbids, by k9s',
    git: withSpec(CRON_JOB, 'suspend: false'),
    by: [{ as: 'k9s', merge: { spec: { suspend: true, timeZone: 'Europe/Zurich' } } }],
  },
  {
    name: 'image of a CronJob',
    git: CRON_JOB,
    by: [{ kubectl: ['set', 'image', '@', 'main=registry.test/tidy:2'] }],
  },
  {
    name: 'limits of an autoscaler',
    git: AUTOSCALER,
    by: [{ kubectl: ['patch', '@', '-p', '{"spec":{"minReplicas":2,"maxReplicas":9}}'] }],
  },
  {
    name: 'metrics and behaviour of an autoscaler',
    git: AUTOSCALER,
    by: [
      {
        as: 'keda-operator',
        merge: yaml(
          'spec: {metrics: [{type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 70}}}], behavior: {scaleDown: {stabilizationWindowSeconds: 60}}}',
        ),
      },
    ],
  },
  {
    name: 'a disruption budget in percent',
    git: DISRUPTION_BUDGET,
    by: [{ kubectl: ['patch', '@', '-p', '{"spec":{"minAvailable":"50%"}}'] }],
  },
  {
    name: 'a disruption budget turned round',
    git: DISRUPTION_BUDGET,
    by: [
      {
        as: 'k9s',
        merge: {
          spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: { more: 'x' } } },
        },
      },
    ],
  },
];
