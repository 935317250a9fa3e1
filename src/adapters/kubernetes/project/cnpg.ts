import type { PostgresBackup, PostgresCluster, ScheduledBackup } from '#domain/objects/cnpg.ts';

import { at, count, isTrue, items, keys, string, strings, time } from '../raw.ts';
import { type Context, projectObject } from './meta.ts';

/** How an operator hibernates a cluster (cloudnative-pg pkg/utils, HibernationAnnotationName). */
const HIBERNATION = 'cnpg.io/hibernation';

/** A Cluster of CloudNativePG: no bootstrap, roles or credentials. */
export function projectPostgresCluster(raw: unknown, context: Context): PostgresCluster {
  return {
    ...projectObject(raw, context),
    kind: 'Cluster',
    phaseReason: context.text(at(raw, 'status', 'phaseReason')),
    instances: count(raw, 'spec', 'instances'),
    ready: count(raw, 'status', 'readyInstances'),
    primary: string(raw, 'status', 'currentPrimary'),
    target: string(raw, 'status', 'targetPrimary'),
    primarySince: time(raw, 'status', 'currentPrimaryTimestamp'),
    targetSince: time(raw, 'status', 'targetPrimaryTimestamp'),
    primaryFailingSince: time(raw, 'status', 'currentPrimaryFailingSinceTimestamp'),
    unusableClaims: strings(raw, 'status', 'unusablePVC'),
    danglingClaims: strings(raw, 'status', 'danglingPVC'),
    lastBackup: time(raw, 'status', 'lastSuccessfulBackup'),
    lastFailedBackup: time(raw, 'status', 'lastFailedBackup'),
    backsUp: backsUp(raw),
    hibernated: string(raw, 'metadata', 'annotations', HIBERNATION) === 'on',
  };
}

function backsUp(raw: unknown): boolean {
  const stores = ['barmanObjectStore', 'volumeSnapshot'];
  return (
    stores.some((store) => keys(raw, 'spec', 'backup', store).length > 0) ||
    items(raw, 'spec', 'plugins').some((plugin) => isTrue(plugin, 'isWALArchiver'))
  );
}

/** A Backup of CloudNativePG: no endpoints and no credentials. */
export function projectPostgresBackup(raw: unknown, context: Context): PostgresBackup {
  return {
    ...projectObject(raw, context),
    kind: 'Backup',
    cluster: string(raw, 'spec', 'cluster', 'name') ?? '',
    method: string(raw, 'spec', 'method'),
    started: time(raw, 'status', 'startedAt'),
    stopped: time(raw, 'status', 'stoppedAt'),
    error: context.text(at(raw, 'status', 'error')),
  };
}

/** A ScheduledBackup of CloudNativePG. */
export function projectScheduledBackup(raw: unknown, context: Context): ScheduledBackup {
  return {
    ...projectObject(raw, context),
    kind: 'ScheduledBackup',
    cluster: string(raw, 'spec', 'cluster', 'name') ?? '',
    schedule: string(raw, 'spec', 'schedule') ?? '',
    suspended: isTrue(raw, 'spec', 'suspend'),
    method: string(raw, 'spec', 'method'),
    lastScheduled: time(raw, 'status', 'lastScheduleTime'),
    nextScheduled: time(raw, 'status', 'nextScheduleTime'),
  };
}
