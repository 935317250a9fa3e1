import { isRecord } from '#domain/record.ts';
import { matchesGlob } from '#domain/glob.ts';
import { parseYamlText, valueOf } from '#domain/repository/yaml-text.ts';

/** Files of pipelines that a push of any branch can start, unless what stands in them says otherwise. */
const PIPELINES: readonly RegExp[] = [
  /^\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/,
  /^\.gitlab-ci\.ya?ml$/,
  /^\.woodpecker(?:\/.+)?\.ya?ml$/,
  /^\.drone\.(?:ya?ml|jsonnet|star)$/,
  /^\.circleci\/config\.ya?ml$/,
  /^\.buildkite\/pipeline\.ya?ml$/,
  /^\.tekton\/.+\.ya?ml$/,
  /^\.travis\.ya?ml$/,
  /^azure-pipelines\.ya?ml$/,
  /^bitbucket-pipelines\.ya?ml$/,
  /^Jenkinsfile$/,
];

/** Whether a path is a pipeline's. */
export function isPipeline(path: string): boolean {
  return PIPELINES.some((pattern) => pattern.test(path));
}

/** Like every branch of a proposal. */
const BRANCH = 'daytwo/any-change-1a2b3c4d';

/**
 * Whether a push of a new branch under `daytwo/` can start a pipeline. Workflows are read by their triggers (GitHub's
 * events `push` and `create`, with branch filters); of others, and of what cannot be read, it is assumed.
 */
export function runsOnPush(path: string, text: string): boolean {
  if (!path.includes('/workflows/')) return true;
  const { documents, problems } = parseYamlText(text);
  const [document] = documents;
  if (problems.length > 0 || document === undefined) return true;
  const { on } = recordOf(valueOf(document)?.value);
  const events = typeof on === 'string' ? [on] : on;
  if (Array.isArray(events)) return events.includes('push') || events.includes('create');
  const triggers = recordOf(events);
  return 'create' in triggers || ('push' in triggers && takesBranch(recordOf(triggers['push'])));
}

/** A filter by tags alone takes no branch. */
function takesBranch(filter: Record<string, unknown>): boolean {
  const { branches, 'branches-ignore': ignored } = filter;
  if (ignored !== undefined) return !listOf(ignored).some((pattern) => matches(pattern, false));
  if (branches === undefined) return !('tags' in filter || 'tags-ignore' in filter);
  let taken = false;
  for (const pattern of listOf(branches)) {
    if (pattern.startsWith('!')) taken &&= !matches(pattern.slice(1), false);
    else taken ||= matches(pattern, true);
  }
  return taken;
}

/** `unsure` where the pattern says more than `*` and `**` between slashes. */
function matches(pattern: string, unsure: boolean): boolean {
  const isPlain = !/[?+[\]\\]/.test(pattern) && !/[^/]\*\*|\*\*[^/]/.test(pattern);
  return isPlain ? matchesGlob(pattern, BRANCH) : unsure;
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** The same as a record; nothing for what is none. */
export function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
