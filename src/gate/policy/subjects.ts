import { isSealedKind } from './floor.ts';
import type { Glob } from '#domain/glob.ts';
import type { Rule } from './rules.ts';

/** One thing a rule can cover: an object (cluster-scoped without a namespace) or a file of the repository. */
export interface Subject {
  kind?: string;
  namespace?: string;
  path?: string;
}

interface OpenQuestion extends Subject {
  clusterScoped?: boolean;
}

/** Stands for every name the policy does not mention; no real kind or namespace is written like this. */
const UNNAMED = '(any other)';

/**
 * The subjects a question is about: itself when it is about one object or file, else one subject for each way in which
 * the rules can tell its open dimensions apart. Judging these is judging everything the question could mean.
 */
export function candidatesOf(rules: readonly Rule[], question: OpenQuestion): Subject[] {
  const { kind, namespace, path } = question;
  if (path !== undefined) return [{ kind, namespace, path }];
  const kinds = kind === undefined ? openKinds(rules) : [kind];
  const namespaces = namespace === undefined ? openNamespaces(rules, question.clusterScoped) : [namespace];
  const objects = kinds.flatMap((each) => namespaces.map((within) => ({ kind: each, namespace: within })));
  const isOpen = kind === undefined && namespace === undefined && !question.clusterScoped;
  return isOpen ? [...objects, ...openPaths(rules)] : objects;
}

function openKinds(rules: readonly Rule[]): string[] {
  const mentioned = rules.flatMap(({ kinds }) => (kinds ? [...kinds.include, ...kinds.exclude] : []));
  return [...new Set([UNNAMED, ...mentioned])].filter((kind) => kind !== '*' && !isSealedKind(kind));
}

function openNamespaces(rules: readonly Rule[], clusterScoped = false): (string | undefined)[] {
  if (clusterScoped) return [undefined];
  const mentioned = rules.flatMap(({ namespaces }) =>
    namespaces ? [...namespaces.include, ...namespaces.exclude] : [],
  );
  return [...new Set([UNNAMED, ...mentioned, undefined])].filter((namespace) => namespace !== '*');
}

/** A file that each path pattern would match. */
function openPaths(rules: readonly Rule[]): Subject[] {
  const globs = rules.flatMap(({ paths = [], proposal }) => [...paths, ...(proposal?.paths ?? [])]);
  return globs.map((glob) => ({ path: exampleOf(glob) }));
}

function exampleOf({ source }: Glob): string {
  return source.replaceAll('**', 'x').replaceAll('*', 'x');
}
