import type { DocumentLines, KeyLine } from '../repository/manifest-lines.ts';

/** A place in a document that says which image runs; without `repository` only its tag is told. `line` is the one to edit. */
export interface ImageSpot {
  repository?: string;
  /** As written: it may be a variable. */
  value: string;
  line: number;
}

/** Every image that a document names, in whatever shape, in the order of lines. */
export function imageSpots(document: DocumentLines): ImageSpot[] {
  const groups = [...Map.groupBy(document.keys, ({ map }) => map).values()];
  const spots = groups.flatMap((group) => [
    ...group.flatMap((entry) => wholeSpot(entry, document)),
    ...partsSpot(group, document),
  ]);
  return spots.toSorted((a, b) => a.line - b.line);
}

/** `image: registry/name:tag@digest`, or a map of one line. */
function wholeSpot(entry: KeyLine, document: DocumentLines): ImageSpot[] {
  if (!isImageKey(entry.key) || entry.value === '') return [];
  const { value, line } = anchoredLine(entry, document);
  if (value.startsWith('{')) return flowSpot(value, line);
  if (!/^[\w./:@${}-]+$/.test(value)) return [];
  return [{ repository: repositoryOf(value), value, line }];
}

function flowSpot(value: string, line: number): ImageSpot[] {
  const part = (key: string): string | undefined =>
    new RegExp(`[{,]\\s*["']?${key}["']?\\s*:\\s*["']?([^,}"'\\s]+)`).exec(value)?.[1];
  const [repository, tag] = [part('repository'), part('tag')];
  if (repository === undefined && tag === undefined) return [];
  return [{ repository: repository && withHost(part('registry'), repository), value: tag ?? '', line }];
}

/** A map with `repository` and `tag` or `digest`, or, below `image`, with a part of these alone. */
function partsSpot(group: readonly KeyLine[], document: DocumentLines): ImageSpot[] {
  const find = (key: string): KeyLine | undefined => group.find((entry) => entry.key === key && entry.value);
  const [repository, pin] = [find('repository'), find('tag') ?? find('digest')];
  const isWhole = repository !== undefined && pin !== undefined;
  const at = pin ?? repository;
  if (at === undefined || !(isWhole || isImageKey(group[0]?.path.at(-1)))) return [];
  const { value, line } = anchoredLine(at, document);
  if (repository === undefined) return [{ value, line }];
  const name = withHost(find('registry')?.value, anchoredLine(repository, document).value);
  return name.includes('://') ? [] : [{ repository: name, value: pin ? value : '', line }];
}

function isImageKey(key = ''): boolean {
  return /^(?:image|.*[a-z]Image)$/.test(key);
}

/** Where a value really stands: an alias is edited at its anchor. */
export function anchoredLine(
  { value, line }: KeyLine,
  document: DocumentLines,
): { value: string; line: number } {
  if (!value.startsWith('*')) return { value, line };
  const lines = document.text.split('\n');
  const at = lines.findIndex((text) => anchorIn(text) === value.slice(1));
  if (at === -1) return { value, line };
  const target = document.keys.find((key) => key.line === document.start + at);
  return target ? { value: target.value, line: target.line } : { value, line };
}

function anchorIn(line: string): string | undefined {
  return /[:-][ \t]+&(\S+)/.exec(line)?.[1];
}

/** An image without tag and digest. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function withHost(registry: string | undefined, repository: string): string {
  return registry ? `${registry}/${repository}` : repository;
}

/** Whether two repositories are the same: Docker's own registry needs no name. */
export function isSameRepository(a: string, b: string): boolean {
  return fullName(a) === fullName(b);
}

function fullName(repository: string): string {
  const name = repository.replace(/^(?:docker\.io|index\.docker\.io)\//, '').replace(/^library\//, '');
  return name.toLowerCase();
}
