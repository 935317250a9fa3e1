import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

const HOMELAB = join(import.meta.dirname, '../../examples/homelab');

const Edit = z.strictObject({ file: z.string(), from: z.string().min(1), to: z.string().min(1) });
const Step = z.strictObject({
  subject: z.string(),
  body: z.string().optional(),
  author: z.string(),
  /** RFC 3339. */
  date: z.string(),
  /** Paths of the final tree; a file belongs to the longest that begins its path. */
  adds: z.array(z.string()).default([]),
  edits: z.array(Edit).default([]),
  /** Files that are not in the final tree. */
  writes: z.array(z.strictObject({ file: z.string(), content: z.string() })).default([]),
  /** The subject of an earlier step whose edits are undone. */
  reverts: z.string().optional(),
  tag: z.string().optional(),
});
const Case = Step.extend({ branch: z.string() });
const History = z.strictObject({
  authors: z.record(z.string(), z.string()),
  commits: z.array(Step),
  cases: z.array(Case),
});

type Edit = z.infer<typeof Edit>;
export type Step = z.infer<typeof Step>;
export type Case = z.infer<typeof Case>;
export type History = z.infer<typeof History>;

/** Contents by path. */
export type Tree = Map<string, string>;

/** How the example repository came to be, as examples/homelab/history.yaml tells it. */
export function readHistory(): History {
  return History.parse(parse(readFileSync(join(HOMELAB, 'history.yaml'), 'utf8')));
}

/** The tree after each step, in order; the last one is examples/homelab/repository. Throws where an edit does not fit. */
export function treesOf({ commits }: History): Tree[] {
  const final = readFinalTree();
  const trees: Tree[] = [];
  for (let tree = final, at = commits.length - 1; at >= 0; at -= 1) {
    trees.unshift(tree);
    tree = before(tree, { commits, at });
  }
  return trees;
}

/** The tree after a step that adds nothing of the final tree. */
export function after(tree: Tree, { edits, writes }: Step): Tree {
  const written = writes.map(({ file, content }): [string, string] => [file, content]);
  return new Map([...edited(tree, edits), ...written]);
}

function before(tree: Tree, { commits, at }: { commits: readonly Step[]; at: number }): Tree {
  const step = commits[at];
  const former = edited(tree, editsOf(step, commits).map(inverse).toReversed());
  for (const path of tree.keys()) if (ownerOf(path, commits) === step) former.delete(path);
  return former;
}

function editsOf(step: Step | undefined, commits: readonly Step[]): Edit[] {
  const reverted = commits.find(({ subject }) => subject === step?.reverts);
  return [...(reverted?.edits.map(inverse).toReversed() ?? []), ...(step?.edits ?? [])];
}

function inverse({ file, from, to }: Edit): Edit {
  return { file, from: to, to: from };
}

function edited(tree: Tree, edits: readonly Edit[]): Tree {
  const next = new Map(tree);
  for (const { file, from, to } of edits) {
    const parts = next.get(file)?.split(from) ?? [];
    if (parts.length !== 2) throw new Error(`${file}: ${JSON.stringify(from)} does not stand there once`);
    next.set(file, parts.join(to));
  }
  return next;
}

function ownerOf(path: string, commits: readonly Step[]): Step | undefined {
  const claims = commits.flatMap((step) => step.adds.map((prefix) => ({ prefix, step })));
  const [longest] = claims
    .filter(({ prefix }) => path === prefix || prefix === '' || path.startsWith(`${prefix}/`))
    .sort((one, other) => other.prefix.length - one.prefix.length);
  return longest?.step;
}

function readFinalTree(): Tree {
  const root = join(HOMELAB, 'repository');
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
