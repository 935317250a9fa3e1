import type { BranchState, ProposalWriter } from '#domain/repository/port.ts';

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { recoverProposals } from '../../src/cli/recover.ts';
import { type Audit, type AuditEvent, createAudit } from '../../src/gate/audit/audit.ts';
import { type AuditLog, openAuditLog } from '../../src/gate/audit/file.ts';
import { unfinishedProposals } from '../../src/gate/audit/unfinished.ts';
import { verifyAudit } from '../../src/gate/audit/verify.ts';
import { openWorkshop } from '../support/git-repository.ts';
import { recordsIn } from '../support/repository-bench.ts';

const shop = openWorkshop();
afterAll(() => shop.remove());

const URL = 'https://git.example.test/home/cluster';
const START = Date.parse('2026-03-14T10:00:00Z');
const MINUTE = 60_000;
const GONE = 4_194_301;
const none = (): boolean => false;

interface Process {
  log: AuditLog;
  audit: Audit;
  intend: (auditID: string, repository?: string) => void;
  settle: (auditID: string) => void;
}

function about(id: string, repository = URL): AuditEvent {
  return {
    auditID: id,
    client: 'test',
    proposal: { repository, branch: `daytwo/${id}`, paths: ['docs/a.md'] },
  };
}

/** The audit log of one process, as it would have written it. */
function processWith(directory: string, pid: number, at = START): Process {
  const log = openAuditLog(directory, { now: at, pid });
  const audit = createAudit({ ...log, clock: () => at, id: () => 'other', redact: (text) => text });
  return {
    log,
    audit,
    intend: (id, repository) => audit.intend(about(id, repository)),
    settle: (id) => audit.append(about(id)),
  };
}

const idsIn = (directory: string, own: string, isRunning: (pid: number) => boolean = none): string[] =>
  unfinishedProposals(directory, own, isRunning).map(({ auditID }) => auditID);

describe('unfinished proposals', () => {
  test('are intents without an outcome, whoever wrote that', () => {
    const directory = shop.folder('audit');
    const first = processWith(directory, GONE);
    const second = processWith(directory, GONE - 1);
    for (const id of ['open', 'settled', 'recovered']) first.intend(id);
    first.settle('settled');
    second.audit.append({ auditID: 'recovered', stage: 'recovered', client: 'start' });

    expect(unfinishedProposals(directory, '', none)).toEqual([
      {
        auditID: 'open',
        since: START,
        proposal: { repository: URL, branch: 'daytwo/open', paths: ['docs/a.md'] },
      },
    ]);
  });

  test('of a process that runs are its own business', () => {
    const directory = shop.folder('audit');
    processWith(directory, GONE).intend('open');

    expect(idsIn(directory, '', (pid) => pid === GONE)).toEqual([]);
    expect(idsIn(directory, '', (pid) => pid === GONE - 1)).toEqual(['open']);
  });

  test('of a process with the same number before this one count, those of this one do not', () => {
    const directory = shop.folder('audit');
    const before = processWith(directory, 1);
    const own = processWith(directory, 1, START + MINUTE);
    before.intend('before');
    own.intend('own');

    expect(idsIn(directory, own.log.file, () => true)).toEqual(['before']);
  });

  test('are found beside lines and files that cannot be read', () => {
    const directory = shop.folder('audit');
    const { log, intend } = processWith(directory, GONE);
    appendFileSync(log.file, 'no JSON\n{"stage": 1}\n');
    intend('open');
    appendFileSync(log.file, '{"auditID": "torn", "sta');
    appendFileSync(join(directory, 'notes.txt'), readFileSync(log.file));

    expect(idsIn(directory, '')).toEqual(['open']);
  });
});

interface Recovery {
  completed: number;
  records: ReturnType<typeof recordsIn>;
  asked: string[];
  waited: number[];
  /** What is wrong with the chain of the records. */
  broken: unknown;
}

/** A start at some time after the intents, with a remote that answers as listed, the last one from then on. */
async function recover(
  directory: string,
  states: readonly BranchState[],
  at = START + MINUTE,
): Promise<Recovery> {
  const { log, audit } = processWith(directory, process.pid, at);
  const asked: string[] = [];
  const waited: number[] = [];
  const branchState: ProposalWriter['branchState'] = async (branch) => {
    const answer = states[Math.min(asked.length, states.length - 1)];
    asked.push(branch);
    if (answer === undefined) throw new Error('the remote does not answer');
    return answer;
  };
  const writer = { branchState } as ProposalWriter;
  const completed = await recoverProposals({
    auditDir: directory,
    auditFile: log.file,
    audit,
    open: async () => ({ reader: { identity: { url: URL, base: 'main' } }, writer }),
    isRunning: none,
    now: () => at,
    pause: async (milliseconds) => waited.push(milliseconds),
    signal: new AbortController().signal,
  });
  const broken = verifyAudit(readFileSync(log.file, 'utf8'), log.key);
  return { completed, records: recordsIn(log.file), asked, waited, broken };
}

const ABSENT: BranchState = { state: 'absent' };
const THERE: BranchState = { state: 'complete', commit: 'c'.repeat(40) };

describe('a start after a kill', () => {
  test('completes the record with what the remote holds, in a chain that verifies', async () => {
    const directory = shop.folder('audit');
    processWith(directory, GONE).intend('killed');

    const { completed, records, broken } = await recover(directory, [THERE]);

    expect([completed, broken]).toEqual([1, undefined]);
    expect(records).toEqual([
      expect.objectContaining({
        auditID: 'killed',
        stage: 'recovered',
        reason: 'the branch is on the remote',
        proposal: {
          repository: URL,
          branch: 'daytwo/killed',
          paths: ['docs/a.md'],
          commit: 'c'.repeat(40),
        },
      }),
    ]);
  });

  test('completes it once: the next one has nothing to do, and does not open the repository', async () => {
    const directory = shop.folder('audit');
    processWith(directory, GONE).intend('killed');
    await recover(directory, [ABSENT]);

    const second = await recover(directory, [], START + 2 * MINUTE);

    expect([second.completed, second.asked, second.records]).toEqual([0, [], []]);
  });

  test('looks again before it says that nothing arrived: git may push on without its server', async () => {
    const directory = shop.folder('audit');
    processWith(directory, GONE).intend('killed');

    const { records, waited } = await recover(directory, [ABSENT, THERE], START + 5_000);

    expect(waited).toEqual([15_000]);
    expect(records.map(({ proposal }) => proposal?.commit)).toEqual(['c'.repeat(40)]);
  });

  test('leaves a proposal to another repository to a server of that', async () => {
    const directory = shop.folder('audit');
    const { intend } = processWith(directory, GONE);
    intend('other', 'https://git.example.test/else');

    const { completed, asked } = await recover(directory, [ABSENT]);

    expect([completed, asked]).toEqual([0, []]);
    expect(idsIn(directory, '')).toEqual(['other']);
  });

  test('that cannot ask the remote leaves the record to the next', async () => {
    const directory = shop.folder('audit');
    processWith(directory, GONE).intend('killed');

    await expect(recover(directory, [])).rejects.toThrow('the remote does not answer');

    expect(idsIn(directory, '')).toEqual(['killed']);
  });

  test('does not repeat what another start has completed meanwhile', async () => {
    const directory = shop.folder('audit');
    processWith(directory, GONE).intend('killed');

    const both = await Promise.all([
      recover(directory, [THERE]),
      recover(directory, [THERE], START + 2 * MINUTE),
    ]);

    expect(both.reduce((sum, { completed }) => sum + completed, 0)).toBe(1);
    expect(both.flatMap(({ records }) => records)).toHaveLength(1);
  });
});
