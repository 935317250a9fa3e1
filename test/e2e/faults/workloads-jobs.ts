import type { Manifest } from '../../cluster/manifest.ts';
import { condition, ownedBy, pod } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { ago, containerStatusOf, SHOP, since, waitsFor } from './workloads-parts.ts';

const TEMPLATE = {
  spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.test/app:1.0.0' }] },
};

/** A Job as its controller leaves it when it gives up (pkg/controller/job, FailureTarget before Failed). */
function failedJob(name: string, reason: string, message: string): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: SHOP },
    spec: { backoffLimit: 3, template: TEMPLATE },
    status: {
      startTime: ago(38),
      failed: 4,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
      conditions: ['FailureTarget', 'Failed'].map((type) => ({
        ...condition(type, 'True', reason, message, ago(30)),
        lastProbeTime: ago(30),
      })),
    },
  };
}

/** The last pod of a Job that failed. */
function lastPod(job: Manifest, exitCode: number): Manifest {
  const own = pod(`${job.metadata.name}-x2x4k`, SHOP, { since: since(32), owner: ownedBy(job) });
  const status = containerStatusOf(own);
  const terminated = { exitCode, reason: 'Error', startedAt: ago(32), finishedAt: ago(31) };
  return {
    ...own,
    spec: { ...own.spec, restartPolicy: 'Never' },
    status: {
      phase: 'Failed',
      startTime: ago(32),
      containerStatuses: [{ ...status, ready: false, started: false, state: { terminated } }],
    },
  };
}

function cronJob(status: Record<string, unknown>, metadata: Record<string, unknown> = {}): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'backup', namespace: SHOP, creationTimestamp: ago(30 * 24 * 60), ...metadata },
    spec: { schedule: '0 3 * * *', timeZone: 'Etc/UTC', jobTemplate: { spec: { template: TEMPLATE } } },
    status,
  };
}

const LIMIT = ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const;

/** Work that ends, or should have. */
export const JOB_FAULTS: readonly Fault[] = [
  {
    name: 'a migration Job has used up its retries, and its Kustomization waits for it',
    objects: () => {
      const job = failedJob('migrate', ...LIMIT);
      return [job, lastPod(job, 3), waitsFor('Job', 'migrate')];
    },
    root: { ref: 'Job/shop/migrate', reason: 'BackoffLimitExceeded' },
    decoys: ['Kustomization/flux-system/migrate'],
  },
  {
    name: 'a Job was given up after its deadline',
    objects: () => [failedJob('import', 'DeadlineExceeded', 'Job was active longer than specified deadline')],
    root: { ref: 'Job/shop/import', reason: 'DeadlineExceeded' },
  },
  {
    name: 'the newest Job of a CronJob has failed',
    objects: () => {
      const own = cronJob({ lastScheduleTime: ago(38), lastSuccessfulTime: ago(24 * 60) });
      const job = failedJob('backup-29000000', ...LIMIT);
      return [own, { ...job, metadata: { ...job.metadata, ownerReferences: ownedBy(own) } }, lastPod(job, 1)];
    },
    root: { ref: 'CronJob/shop/backup', reason: 'BackoffLimitExceeded' },
    decoys: ['Job/shop/backup-29000000'],
  },
  {
    name: 'trap: a CronJob has not succeeded for five days, and none of its Jobs is left to say so',
    objects: () => [cronJob({ lastScheduleTime: ago(5 * 24 * 60), lastSuccessfulTime: ago(5 * 24 * 60) })],
    root: { ref: 'CronJob/shop/backup', reason: 'Overdue' },
  },
];
