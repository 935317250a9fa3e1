import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { after, type Case, type History, readHistory, type Step, type Tree, treesOf } from './history.ts';

const run = promisify(execFile);

export interface BuildOptions {
  /** The tag to stop at: `broken` has neither the fix nor the case branches. `recovered` when absent. */
  at?: 'broken' | 'recovered';
  /** Without a work tree, to serve as somebody's remote. */
  bare?: boolean;
}

/** What was made; commit ids are the same on every machine. */
export interface BuiltRepository {
  directory: string;
  /** Commit ids by subject, in order. */
  commits: ReadonlyMap<string, string>;
  /** The id that `main` points to. */
  head: string;
}

/** Makes the example's Git repository in a directory that is empty or does not exist. */
export async function buildRepository(
  directory: string,
  { at = 'recovered', bare = false }: BuildOptions = {},
): Promise<BuiltRepository> {
  const history = readHistory();
  const last = history.commits.findIndex(({ tag }) => tag === at);
  const steps = history.commits.slice(0, last + 1);
  const work = bare ? await mkdtemp(join(tmpdir(), 'daytwo-example-')) : directory;
  const repository = new Committer(work, history);
  try {
    await repository.init();
    const trees = treesOf(history);
    for (const [index, step] of steps.entries()) await repository.commit(trees[index] ?? new Map(), step);
    const final = trees[last];
    if (at === 'recovered' && final) for (const each of history.cases) await repository.branch(final, each);
    if (bare) await repository.cloneTo(directory);
    return { directory, commits: repository.commits, head: await repository.git('rev-parse', 'main') };
  } finally {
    if (bare) await rm(work, { recursive: true, force: true });
  }
}

class Committer {
  readonly commits = new Map<string, string>();
  readonly #work: string;
  readonly #history: History;
  /** What the work tree holds. */
  #tree: Tree = new Map();

  constructor(work: string, history: History) {
    this.#work = work;
    this.#history = history;
  }

  async init(): Promise<void> {
    await mkdir(this.#work, { recursive: true });
    await this.git('init', '--quiet', '--object-format=sha1', '--initial-branch=main');
  }

  async commit(tree: Tree, step: Step): Promise<void> {
    await this.#checkOut(tree);
    await this.git('add', '--all', '--force');
    await this.#gitAs(step, 'commit', '--quiet', '--cleanup=verbatim', `--message=${this.#messageOf(step)}`);
    this.commits.set(step.subject, await this.git('rev-parse', 'HEAD'));
    if (step.tag !== undefined) await this.git('tag', step.tag);
  }

  async branch(from: Tree, step: Case): Promise<void> {
    await this.git('switch', '--quiet', '--create', step.branch, 'main');
    await this.commit(after(from, step), step);
    await this.git('switch', '--quiet', 'main');
    this.#tree = from;
  }

  async cloneTo(directory: string): Promise<void> {
    await this.git('clone', '--quiet', '--mirror', '--no-hardlinks', '.', directory);
    await this.git('--git-dir', directory, 'remote', 'remove', 'origin');
  }

  async git(...args: readonly string[]): Promise<string> {
    return await this.#run(args, {});
  }

  async #gitAs({ author, date }: Step, ...args: readonly string[]): Promise<void> {
    const { name, email } =
      /^(?<name>.+) <(?<email>.+)>$/.exec(this.#history.authors[author] ?? '')?.groups ?? {};
    const both = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, name],
      [`GIT_${role}_EMAIL`, email],
      [`GIT_${role}_DATE`, date],
    ]);
    await this.#run(args, Object.fromEntries(both));
  }

  /** Nothing of the machine's own Git configuration, hooks or variables reaches the commits. */
  async #run(args: readonly string[], identity: Record<string, string>): Promise<string> {
    const env = {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TEMPLATE_DIR: '',
      ...identity,
    };
    const { stdout } = await run('git', args, { cwd: this.#work, env });
    return stdout.trim();
  }

  /** Writes what differs from the tree that is there. */
  async #checkOut(tree: Tree): Promise<void> {
    for (const path of this.#tree.keys()) if (!tree.has(path)) await rm(join(this.#work, path));
    for (const [path, content] of tree) {
      if (this.#tree.get(path) === content) continue;
      const file = join(this.#work, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { mode: 0o644 });
    }
    this.#tree = tree;
  }

  #messageOf({ subject, body = '', reverts }: Step): string {
    const reverted = reverts === undefined ? '' : `This reverts commit ${this.commits.get(reverts)}.\n`;
    return [`${subject}\n`, reverted, body].filter((part) => part !== '').join('\n');
  }
}
