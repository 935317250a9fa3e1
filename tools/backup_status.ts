import { backupAnswer, BackupAnswer } from '#domain/backups/answer.ts';
import { readBackups } from '#domain/backups/read.ts';
import { BACKUP_STATES } from '#domain/backups/verdict.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'backup_status',
  policy: 'read',
  title: 'Backup status',
  description:
    'Use when asked whether backups are good, or before anything risky: the newest good backup of each volume and database against its schedule, movers that fail, restore drills, and volumes with no backup at all. Covers VolSync, Longhorn, CloudNativePG and snapshots.',
  upstreams: ['cluster'],
  input: z.strictObject({
    namespace: z.string().min(1).max(63).optional(),
    state: z.enum(BACKUP_STATES).optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: BackupAnswer,
  examples: [{}, { namespace: 'default', state: 'unprotected' }],
  target: ({ namespace }) => ({ namespace }),
  async handler({ limit, ...question }, { cluster, limits, now, scoped, signal }) {
    const world = await readBackups(cluster, { signal, now: now(), scoped });
    return backupAnswer(world, { ...question, limit: Math.min(limit, limits.rows) });
  },
});
