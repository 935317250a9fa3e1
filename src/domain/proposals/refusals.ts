import { toToolError } from '../../errors.ts';
import { matchesGlob } from '../glob.ts';
import { isUnder, proposalPathProblem } from '../repository/paths.ts';
import type { Blob, FileChange, PreparedChange } from '../repository/port.ts';
import { CONTENT_RULES } from './content-rules.ts';
import type { ChangedFile, Refusal, RefusalRules } from './refusal.ts';

/** Where manifests and documentation usually are. */
const DEFAULT_ROOTS: readonly string[] = ['clusters', 'kubernetes', 'repositories', 'docs', 'runbooks'];

/** Files that act on their own as soon as a branch is pushed or checked out, and what they are. */
const ACTING: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a hidden file or directory', /(?:^|\/)\./],
  [
    'a build file, which can run',
    /(?:^|\/)(?:gnu)?(?:make|just|task|jenkins|rake|docker|container|vagrant|brew|gem|proc|tilt|earth)file(?:\.[\w.-]+)?$/i,
  ],
  ['instructions of an assistant', /(?:^|\/)(?:claude|agents|gemini|copilot-instructions)(?:\.local)?\.md$/i],
  [
    'configuration of CI',
    /(?:^|\/)[\w.-]*(?:gitlab-ci|pipelines|cloudbuild|buildspec|appveyor|woodpecker|skaffold)[\w.-]*\.ya?ml$/i,
  ],
  [
    'configuration of a tool that runs by itself',
    /(?:^|\/)(?:mise\.toml|lefthook\.ya?ml|(?:flake|shell|default)\.nix|devbox\.json|renovate\.json5?|package(?:-lock)?\.json|pyproject\.toml|cargo\.toml|go\.mod|setup\.(?:py|cfg))$/i,
  ],
  ['ownership of reviews', /(?:^|\/)codeowners$/i],
];

/** Everything for which a change must not leave, in the order of its paths; none for a sound one. */
export async function refusalsOf(prepared: PreparedChange, rules: RefusalRules): Promise<Refusal[]> {
  const found = [...sizeRefusals(prepared, rules), ...strayRefusals(prepared)];
  for (const change of prepared.files) {
    const byPath = pathRefusals(change, rules);
    found.push(...(byPath.length > 0 ? byPath : await contentRefusals(change, rules)));
  }
  return found;
}

function sizeRefusals({ paths, changedLines, files }: PreparedChange, rules: RefusalRules): Refusal[] {
  const [{ path } = { path: '.' }] = files;
  const refused: Refusal[] = [];
  if (paths.length > rules.maxFiles)
    refused.push({ path, what: `${paths.length} files change, ${rules.maxFiles} may`, wayOut: SPLIT });
  if (changedLines > rules.maxChangedLines)
    refused.push({ path, what: `${changedLines} lines change, ${rules.maxChangedLines} may`, wayOut: SPLIT });
  return refused;
}

const SPLIT = 'Propose less at once, or have a person do it by hand.';

/** Trees that differ in more than was asked for. */
function strayRefusals({ paths, files }: PreparedChange): Refusal[] {
  const asked = new Set(files.map(({ path }) => path));
  return paths
    .filter((path) => !asked.has(path))
    .map((path) => ({ path, what: 'the change reaches a file that no edit names', wayOut: 'Report it.' }));
}

function pathRefusals({ path, content }: FileChange, rules: RefusalRules): Refusal[] {
  const { roots = DEFAULT_ROOTS, protectedPaths = [], deletable = [] } = rules;
  const problem = proposalPathProblem(path);
  if (problem !== undefined) return [{ path, what: problem, wayOut: 'Name another path.' }];
  const acting = ACTING.find(([, pattern]) => pattern.test(path));
  if (acting) return [{ path, what: `${acting[0]}: a pushed branch could act by itself`, wayOut: BY_HAND }];
  if (!isUnder(roots, path))
    return [
      { path, what: 'outside of the directories for proposals', wayOut: `Those are ${roots.join(', ')}.` },
    ];
  const folded = path.toLowerCase();
  const glob = protectedPaths.find((pattern) => matchesGlob(pattern.toLowerCase(), folded));
  if (glob !== undefined) return [{ path, what: `protected by ${glob}`, wayOut: BY_HAND }];
  if (content === null && !isUnder(deletable, path))
    return [
      {
        path,
        what: 'files are not deleted here',
        wayOut: 'Take it out of its kustomization instead, or have a person delete it.',
      },
    ];
  return [];
}

const BY_HAND = 'A person changes it by hand, if it must change.';

async function contentRefusals(change: FileChange, rules: RefusalRules): Promise<Refusal[]> {
  const before = change.was === null ? undefined : await readOrNone(rules, change.path);
  const file = { ...change, before, sops: await sopsConfigs(change.path, rules) };
  const found = CONTENT_RULES.map((rule) => rule(file, rules)).find((refused) => refused !== undefined);
  return found ? [{ path: change.path, ...found }] : [];
}

async function sopsConfigs(path: string, rules: RefusalRules): Promise<ChangedFile['sops']> {
  const segments = path.split('/').slice(0, -1);
  const configs: { directory: string; text: string }[] = [];
  for (let length = segments.length; length >= 0; length -= 1) {
    const directory = segments
      .slice(0, length)
      .map((segment) => `${segment}/`)
      .join('');
    const blob = await readOrNone(rules, `${directory}.sops.yaml`);
    if (blob) configs.push({ directory, text: new TextDecoder().decode(blob.content) });
  }
  return configs;
}

async function readOrNone({ read }: RefusalRules, path: string): Promise<Blob | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (toToolError(error).code === 'not_found') return undefined;
    throw error;
  }
}
