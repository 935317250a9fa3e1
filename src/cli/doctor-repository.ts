import { keyMaterialIn } from '#domain/repository/key-material.ts';
import type { Blob, Head, ProposalWriter, RepositoryReader } from '#domain/repository/port.ts';
import { encryptionOf } from '#domain/repository/sops.ts';
import { clip, nameSome } from '#domain/text.ts';

import { toToolError } from '../errors.ts';
import { showInvisible } from '../gate/hygiene.ts';
import { isPipeline, runsOnPush } from './doctor-ci.ts';
import { PREVIEW_REMEDY, makesPreviews } from './doctor-previews.ts';
import type { Verdict } from './verdict.ts';

/** The repository as doctor needs it. */
export interface ExaminedRepository {
  open: () => Promise<{ reader: RepositoryReader; writer: Pick<ProposalWriter, 'branchState'> }>;
  /** `Name <mail>` where one is configured. */
  author: string | undefined;
  now: () => number;
}

/** What reading and proposing need, and what a pushed branch would set off. Nothing is pushed to find out. */
export async function* verdictsOnRepository(
  { open, author, now }: ExaminedRepository,
  signal: AbortSignal,
): AsyncGenerator<Verdict> {
  try {
    const { reader, writer } = await open();
    const head = await reader.head(signal);
    yield headVerdict(reader, head, now());
    yield authorVerdict(author);
    yield await checkPushing(writer, signal);
    for (const verdict of await checkContent(reader, head.commit.sha, signal)) yield shown(verdict);
  } catch (error) {
    const { message, hint } = toToolError(error);
    yield shown({ check: 'repository', verdict: 'fail', detail: message, remedy: hint });
  }
}

function headVerdict({ identity }: RepositoryReader, head: Head, now: number): Verdict {
  const { commit, fetched, stale, unpushed } = head;
  const tip = `${identity.base} at ${commit.sha.slice(0, 12)} "${clip(commit.subject, 72)}"`;
  const age = `fetched ${Math.max(0, Math.round((now - fetched) / 1_000))} s ago`;
  const ahead =
    unpushed === undefined ? '' : `; ${unpushed} commits of the clone are not pushed, so not read`;
  const found = { check: 'repository', detail: `${identity.url}, ${tip}, ${age}${ahead}` };
  if (stale === undefined) return shown({ ...found, verdict: 'ok' });
  const remedy = `The remote cannot be asked: ${stale}. Reading goes on with the mirror, and says so.`;
  return shown({ ...found, verdict: 'warn', remedy });
}

function authorVerdict(author: string | undefined): Verdict {
  const detail = author ?? 'the default, daytwo <daytwo@localhost>; --git-author names another';
  return { check: 'author of proposals', verdict: 'ok', detail };
}

const PROBE = 'daytwo/doctor-looks-for-nothing';

async function checkPushing(
  writer: Pick<ProposalWriter, 'branchState'>,
  signal: AbortSignal,
): Promise<Verdict> {
  const check = 'pushing';
  try {
    await writer.branchState(PROBE, undefined, signal);
    const detail =
      'where branches go answers; whether it takes them is not known before the first proposal, since nothing is pushed to find out';
    return { check, verdict: 'ok', detail };
  } catch (error) {
    const { message, hint } = toToolError(error);
    const remedy = `${hint} Until then a proposal can be previewed, not pushed.`;
    return shown({ check, verdict: 'warn', detail: message, remedy });
  }
}

interface Found {
  pipelines: string[];
  previews: string[];
  keys: string[];
  /** Files that were not looked into. */
  unread: number;
}

const MOST = { files: 10_000, bytes: 256 * 1024, atOnce: 100 };

async function checkContent(
  reader: RepositoryReader,
  commit: string,
  signal: AbortSignal,
): Promise<Verdict[]> {
  const all = (await reader.list(commit, '', signal)).filter(({ mode }) => mode.startsWith('100'));
  const files = all.filter(({ size }) => size <= MOST.bytes).slice(0, MOST.files);
  const found: Found = { pipelines: [], previews: [], keys: [], unread: all.length - files.length };
  for (let at = 0; at < files.length; at += MOST.atOnce) {
    const part = files.slice(at, at + MOST.atOnce);
    const blobs = await Promise.all(part.map(({ path }) => reader.read(commit, path, signal)));
    for (const blob of blobs) note(found, blob);
  }
  return [pipelinesVerdict(found), previewsVerdict(found), keysVerdict(found)];
}

function note({ pipelines, previews, keys }: Found, { path, content }: Blob): void {
  const text = new TextDecoder().decode(content);
  if (isPipeline(path) && runsOnPush(path, text)) pipelines.push(path);
  if (/\.ya?ml$/.test(path) && makesPreviews(text)) previews.push(path);
  // What is encrypted is no key for its name; a key may still stand beside the encrypted values.
  const isEncrypted = encryptionOf(content)?.startsWith('encrypted') === true;
  if (keyMaterialIn(isEncrypted ? '' : path, content) !== undefined) keys.push(path);
}

function pipelinesVerdict({ pipelines }: Found): Verdict {
  const check = 'pipelines on push';
  if (pipelines.length === 0)
    return { check, verdict: 'ok', detail: 'none known that a branch under daytwo/ starts' };
  return {
    check,
    verdict: 'warn',
    detail: `a pushed branch can start ${nameSome(pipelines, 8)}`,
    remedy:
      'They run what the branch holds, with the secrets they are given, before anybody reviewed it. Leave daytwo/** out of their triggers, or make sure that they hold no secrets.',
  };
}

function previewsVerdict({ previews }: Found): Verdict {
  const check = 'previews in the repository';
  if (previews.length === 0) return { check, verdict: 'ok', detail: 'none known' };
  const detail = `made of branches or pull requests by ${nameSome(previews, 8)}`;
  return { check, verdict: 'warn', detail, remedy: PREVIEW_REMEDY };
}

function keysVerdict({ keys, unread }: Found): Verdict {
  const check = 'key material in the repository';
  const rest = unread > 0 ? `; ${unread} large files were not looked into` : '';
  if (keys.length === 0) return { check, verdict: 'ok', detail: `none recognised${rest}` };
  return {
    check,
    verdict: 'warn',
    detail: `by name or content: ${nameSome(keys, 8)}${rest}`,
    remedy:
      'daytwo never shows these files. Rotate what they hold, since whoever can clone has it; then encrypt or remove them and clean the history.',
  };
}

/** Names and subjects are whatever somebody committed: none may steer a terminal. */
function shown({ detail, remedy, ...verdict }: Verdict): Verdict {
  return {
    ...verdict,
    detail: showInvisible(detail),
    ...(remedy !== undefined && { remedy: showInvisible(remedy) }),
  };
}
