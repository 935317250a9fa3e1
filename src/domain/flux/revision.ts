/** A revision in parts; a chart version or another plain text is a name alone. */
export interface Revision {
  /** Branch, tag or version. */
  name?: string;
  /** Hexadecimal, lower case. */
  digest?: string;
}

/** Newest form first (fluxcd/pkg, git and source-controller): `main@sha1:…`, `sha1:…`, then the legacy `main/…` and `…`. */
const FORMS: readonly RegExp[] = [
  /^(?<name>.+)@(?:sha1|sha256|sha384|sha512):(?<digest>[0-9a-f]+)$/i,
  /^(?:sha1|sha256|sha384|sha512):(?<digest>[0-9a-f]+)$/i,
  /^(?<name>.+)\/(?<digest>[0-9a-f]{40}|[0-9a-f]{64})$/i,
  /^(?<digest>[0-9a-f]{40}|[0-9a-f]{64})$/i,
  /^(?<name>.+)$/s,
];

/** The parts of a revision as Flux writes it; empty for an empty text. */
export function parseRevision(text: string): Revision {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups) return { name: groups['name'], digest: groups['digest']?.toLowerCase() };
  }
  return {};
}

/** Whether two revisions are the same content: by digest when both have one, else as texts. */
export function sameRevision(a: string, b: string): boolean {
  const [left, right] = [parseRevision(a), parseRevision(b)];
  if (left.digest !== undefined && right.digest !== undefined) return left.digest === right.digest;
  return a === b;
}

/**
 * Whether a chart artifact is what a HelmRelease last attempted. An OCIRepository's `6.5.4@sha256:…` is attempted as
 * `6.5.4` or, with its digest as build metadata, `6.5.4+0a1b2c3d4e5f` (helm-controller, mutateChartWithSourceRevision).
 */
export function sameChart(artifact: string, attempted: string): boolean {
  const { name, digest } = parseRevision(artifact);
  if (digest === undefined) return artifact === attempted;
  const [version = '', build] = attempted.split('+');
  if (build !== undefined && /^[0-9a-f]{12}$/.test(build)) return digest.startsWith(build);
  return !isVersion(name) || withoutPrefix(name) === withoutPrefix(version);
}

function isVersion(name: string | undefined): name is string {
  return name !== undefined && /^v?\d+\.\d+\.\d+/.test(name);
}

function withoutPrefix(version: string): string {
  return version.replace(/^v/, '').replace(/\+.*$/, '');
}

/** A revision as short as an operator needs it: `main@1a2b3c4d`, `1a2b3c4d`, `6.5.4`. */
export function shortRevision(text: string): string {
  const { name, digest } = parseRevision(text);
  return [name, digest?.slice(0, 8)].filter((part) => part !== undefined).join('@');
}
