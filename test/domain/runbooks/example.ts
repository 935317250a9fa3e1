import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RunbookFile } from '#domain/runbooks/runbook-file.ts';

const docs = join(import.meta.dirname, '../../../examples/homelab/repository/docs');

/** The documents of the example repository, its runbooks among them. */
export const EXAMPLE: readonly RunbookFile[] = readdirSync(docs, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .sort()
  .map((file) => ({
    path: `docs/${file}`,
    text: readFileSync(join(docs, file), 'utf8'),
    origin: 'operator',
    commit: 'e'.repeat(40),
  }));

/** Its runbooks by the built-in ones on whose subject they are. */
export const OWN: Readonly<Record<string, string>> = {
  'backup-overdue': 'docs/runbooks/backup-health',
  'certificate-renewal-failure': 'docs/runbooks/certificate-renewal-failure',
  'crashloop-after-image-bump': 'docs/runbooks/crashloop-rollback',
  'operator-bootstrap': 'docs/runbooks/operator-bootstrap',
  'volume-degraded': 'docs/runbooks/longhorn-degraded',
};
