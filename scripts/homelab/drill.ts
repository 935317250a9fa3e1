import type { Manifest } from '../../test/cluster/manifest.ts';
import { rfc3339 } from '../../test/cluster/seed.ts';
import { appliedBy, DAY, MINUTE, REGISTRY, type Story } from './story.ts';
import { jobRun } from './workloads.ts';

/** A nightly restore drill that last worked four nights ago. */
export function drill({ at }: Story): Manifest[] {
  const image = `${REGISTRY}/restic:0.19.1`;
  const night = at(6 * 60 * MINUTE);
  const nights = [0, 1, 2, 3].map((ago) => new Date(night.getTime() - ago * DAY));
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } };
  const [last = night] = nights;
  const schedule = `${last.getUTCMinutes()} ${last.getUTCHours()} * * *`;
  const cronJob: Manifest = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'paperless-backup-drill', namespace: 'paperless', labels: appliedBy('paperless') },
    spec: { schedule, concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: 0, template } } },
    status: {
      lastScheduleTime: rfc3339(night.getTime()),
      lastSuccessfulTime: rfc3339(night.getTime() - 3 * DAY + 2 * MINUTE),
    },
  };
  const failure =
    'Fatal: repository is already locked by PID 17 on paperless-backup-drill, created at an earlier run';
  const runs = nights.flatMap((started, ago) =>
    jobRun(cronJob, { started, image, failure: ago < 3 ? failure : undefined }),
  );
  return [cronJob, ...runs];
}
