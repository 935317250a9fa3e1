import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { newFolder } from '../support/daytwo.ts';
import { type TestRepository, openWorkshop } from '../support/git-repository.ts';
import { type AuditRecord, recordsIn, remainsIn } from '../support/repository-bench.ts';
import { type Session, openSession } from '../support/session.ts';

const APP = 'clusters/main/app.yaml';
const POLICY = `apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: test, version: 1}
principals: [{id: local, match: {transport: stdio}}]
roles: {all: {members: [local]}}
rules: [{id: all, effect: allow, reason: a test may}]
`;

const shop = openWorkshop();
const cacheDir = shop.folder('cache');
const auditDir = shop.folder('audit');
const policy = join(shop.folder('policy'), 'policy.yaml');
writeFileSync(policy, POLICY);

let remote: TestRepository;
let blob: string;
beforeAll(() => {
  const work = shop.repository('work');
  work.commit('Start', { [APP]: 'image: wiki:1\nreplicas: 1\n' });
  remote = shop.bare('remote', work);
  blob = remote.git('rev-parse', `main:${APP}`);
});
afterAll(() => shop.remove());

function start(): Promise<Session> {
  const places = ['--repo', `file://${remote.path}`, '--cache-dir', cacheDir, '--audit-dir', auditDir];
  return openSession({ args: [...places, '--policy', policy], env: { HOME: newFolder() } });
}

const proposal = (title: string): Record<string, unknown> => ({
  title,
  reason: 'wiki crash-loops since 1',
  edits: [{ path: APP, blob, replace: { find: 'wiki:1', with: 'wiki:2' } }],
});

/**
 * When a server is killed: some milliseconds after it was asked, as soon as its intent is on disk, or while the remote runs
 * a hook, `slowly` for one that ends after the next start.
 */
type Moment = number | 'intent' | 'pre-receive' | 'post-receive' | 'slowly';

const MOMENTS: readonly Moment[] = [0, 60, 120, 180, 240, 300]
  .flatMap((delay): Moment[] => [delay, 'intent'])
  .concat(['pre-receive', 'post-receive', 'pre-receive', 'post-receive'])
  .concat(['pre-receive', 'post-receive', 'post-receive', 'slowly']);

/** Asks for a proposal, and kills the server at the moment; false when it had answered before. */
async function killAt(moment: Moment, title: string): Promise<boolean> {
  const marker = join(shop.root, `marker-${title.replaceAll(' ', '-')}`);
  const intents = intentsOnDisk();
  if (typeof moment === 'string' && moment !== 'intent') installHook(moment, marker);
  const session = await start();
  let answered = false;
  const call = session.call('propose_change', proposal(title)).then(
    () => (answered = true),
    () => undefined,
  );
  if (typeof moment === 'number') await pause(moment);
  else await until(() => (moment === 'intent' ? intentsOnDisk() > intents : existsSync(marker)));
  const killed = !answered;
  process.kill(session.pid, 'SIGKILL');
  await session.close();
  await call;
  if (typeof moment === 'string' && moment !== 'slowly') await quiet(moment, marker);
  return killed;
}

function installHook(moment: Moment, marker: string): void {
  const [name, seconds] = moment === 'slowly' ? ['pre-receive', 4] : [String(moment), 0.2];
  remote.hook(name, `echo x > '${marker}'; sleep ${seconds}; echo x > '${marker}-done'`);
}

/** Git goes on without its server: what it does then should not be taken for the next one's doing. */
async function quiet(moment: string, marker: string): Promise<void> {
  if (moment !== 'intent') {
    await until(() => existsSync(`${marker}-done`));
    remote.hook(moment, 'exit 0');
  }
  await pause(250);
}

function intentsOnDisk(): number {
  return recordsOfAll().filter(({ stage }) => stage === 'intent').length;
}

async function until(isSo: () => boolean, patience = 10_000): Promise<void> {
  for (const end = Date.now() + patience; !isSo(); await pause(2)) {
    if (Date.now() > end) throw new Error('it did not happen');
  }
}

const recordsOfAll = (): AuditRecord[] =>
  readdirSync(auditDir)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => recordsIn(join(auditDir, name)));

/** Stages of the records of each proposal, by its branch. */
function stages(): Map<string, string[]> {
  const about = recordsOfAll().filter(({ proposal: what }) => what !== undefined);
  const byBranch = Map.groupBy(about, ({ proposal: what }) => what?.branch ?? '');
  return new Map([...byBranch].map(([branch, records]) => [branch, records.map(({ stage }) => stage)]));
}

const openIntents = (): string[] =>
  [...stages()].filter(([, found]) => found.length === 1).map(([branch]) => branch);

const branches = (): string[] =>
  remote
    .git('for-each-ref', '--format=%(refname:short)', 'refs/heads/daytwo/')
    .split('\n')
    .filter((branch) => branch !== '');

describe('a server that is killed in the middle of a proposal, twenty times', { timeout: 180_000 }, () => {
  test('leaves branches absent or complete, no lock, and a record that the next start completes', async () => {
    const killed: boolean[] = [];
    for (const [index, moment] of MOMENTS.entries())
      killed.push(await killAt(moment, `Kill number ${index}`));

    const session = await start();
    const asked = performance.now();
    const next = await session.call('propose_change', proposal('After the kills'));
    const took = performance.now() - asked;
    await until(() => openIntents().length === 0, 40_000);
    await session.close();

    // Most are killed before their answer, and some of those after their intent.
    expect(killed.filter((wasKilled) => wasKilled).length).toBeGreaterThanOrEqual(18);
    const recovered = [...stages()].filter(([, found]) => found.includes('recovered'));
    expect(recovered.length).toBeGreaterThanOrEqual(13);
    // One intent and one outcome each, whoever wrote it.
    expect([...stages().values()].filter((found) => found.length !== 2 || !found.includes('intent'))).toEqual(
      [],
    );
    // A branch that is there is the whole change on the base, and was announced; one that a record calls there is.
    const made = branches();
    expect(made.filter((branch) => !stages().has(branch))).toEqual([]);
    for (const branch of made) {
      expect(remote.git('diff', '--unified=0', 'main', branch).split('\n').slice(-2)).toEqual([
        '-image: wiki:1',
        '+image: wiki:2',
      ]);
    }
    const told = recordsOfAll().filter(({ stage }) => stage === 'recovered' || stage === 'complete');
    expect(told.flatMap(({ proposal: what }) => (what?.commit ? [what.branch] : [])).toSorted()).toEqual(
      made.toSorted(),
    );
    expect(remote.git('fsck', '--strict', '--no-dangling')).toBe('');
    expect([next.failed, took < 10_000]).toEqual([false, true]);
    expect([...remainsIn(cacheDir), ...remainsIn(remote.path)]).toEqual([]);
  });
});
