import type { Limits } from '#domain/limits.ts';

import { matchesGlob } from '#domain/glob.ts';

/** The caps of the server itself; a policy may only set lower ones. */
export const CAPS: Readonly<Limits> = Object.freeze({ tailLines: 2000, rows: 1000, bytes: 48 * 1024 });

/** Files a proposal may touch, lines it may change, and how many there may be, whatever the policy says. */
export const PROPOSAL_CAPS = Object.freeze({ maxFiles: 50, maxChangedLines: 2000, perHour: 30, open: 20 });

/** Kinds that no policy can open, in lower case. */
const SEALED_KINDS: ReadonlySet<string> = new Set(['secret', 'secrets']);

/**
 * Paths no proposal may touch: a pushed branch can act by itself through CI, task runners, shell hooks and the
 * instruction files of assistants. Globs, matched without regard to case.
 */
export const PROTECTED_PATHS: readonly string[] = Object.freeze([
  '**/.*',
  '**/.*/**',
  '**/makefile',
  '**/justfile',
  '**/taskfile*',
  '**/jenkinsfile*',
  '**/claude.md',
  '**/agents.md',
  '**/gemini.md',
  '**/*.agekey',
  '**/*.pem',
  '**/*.secret.yaml',
  '**/*.sops.*',
  '**/talsecret.*',
  '**/clusterenv.*',
  '**/kubeconfig*',
  '**/talosconfig*',
]);

/** True for kinds that are never readable, in whatever case or number they are written. */
export function isSealedKind(kind: string): boolean {
  return SEALED_KINDS.has(kind.toLowerCase());
}

/** True for a path that no proposal may touch; `more` are the globs a policy adds. */
export function isProtectedPath(path: string, more: readonly string[] = []): boolean {
  const folded = path.toLowerCase();
  return [...PROTECTED_PATHS, ...more].some((glob) => matchesGlob(glob.toLowerCase(), folded));
}
