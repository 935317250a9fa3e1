import { createHash } from 'node:crypto';

import { type Base, type BaseQuestion, rootFor } from './base.ts';
import { type Built, buildOne, unbuilt } from './build.ts';
import type { Asking, DesiredParts } from './desired-state.ts';
import type { DesiredQuestion } from './desired.ts';
import { type Documents, isFluxKustomization } from './documents.ts';
import { entriesIn, homeOf } from './entries.ts';
import type { LiveFlux } from './live-flux.ts';
import { mapAt, refIn, textAt } from './manifest.ts';
import { type Node, hiddenVariables, pathOf, sourceRef } from './node.ts';
import { sameRepository } from '../repository/same-repository.ts';
import { namesIn, withNames } from './sentinels.ts';
import { type Variables, variablesOf } from './variables.ts';

/** Builds Kustomizations for questions, and keeps what it has built. */
export interface Renderer {
  asking(question: DesiredQuestion, live: LiveFlux | undefined, signal: AbortSignal): Promise<Asking>;
}

interface RendererParts extends DesiredParts {
  bases: (question: BaseQuestion, signal: AbortSignal) => Promise<Base>;
}

/** Builds that are kept. */
const KEPT = 1_000;

export function createRenderer(parts: RendererParts): Renderer {
  const built = new Map<string, Promise<Built>>();
  const keep = (key: string, make: () => Promise<Built>): Promise<Built> => {
    const known = built.get(key) ?? make();
    built.delete(key);
    built.set(key, known);
    known.catch(() => built.delete(key));
    const [oldest] = built.size > KEPT ? built.keys() : [];
    if (oldest !== undefined) built.delete(oldest);
    return known;
  };
  return {
    async asking(question, live, signal) {
      const sources = await sourcesOf(parts, question, live, signal);
      return {
        question,
        ...(live && { live }),
        signal,
        baseFor: (node) => sources(node),
        wholeBase: async () =>
          parts.bases({ commit: await headOf(parts, question, signal), ...overlaid(question) }, signal),
        build: (node, base) =>
          buildNode(node, base, { ...parts, keep, strict: live?.strict ?? true }, signal),
      };
    },
  };
}

/** The base that each Kustomization is built from, by its source and its commit. */
async function sourcesOf(
  { repository, bases }: RendererParts,
  { at, overlay }: DesiredQuestion,
  live: LiveFlux | undefined,
  signal: AbortSignal,
): Promise<Asking['baseFor']> {
  const head = await headOf({ repository }, { at }, signal);
  const ours = live?.ours ?? (await oursInFiles({ repository, bases }, head, signal));
  const open = new Map<string, Promise<Base>>();
  const baseOf = async (node: Node, commit: string, ignore: string | undefined): Promise<Base> => {
    const isWhole = sourceRef(node).startsWith('GitRepository/') || sourceRef(node).startsWith('/');
    const root = isWhole ? '' : await rootFor(repository, { commit, path: pathOf(node) ?? '' }, signal);
    return bases({ commit, root, ...(ignore && { ignore }), ...(overlay && { overlay }) }, signal);
  };
  return async (node) => {
    const source = sourceRef(node);
    if (!source.startsWith('/') && !isOurs(source, ours)) return undefined;
    const commit = at === 'applied' ? (node.applied ?? head) : head;
    const key = `${commit} ${source}`;
    const base = open.get(key) ?? baseOf(node, commit, live?.ignores.get(source));
    open.set(key, base);
    return base;
  };
}

async function headOf(
  { repository }: Pick<RendererParts, 'repository'>,
  { at }: Pick<DesiredQuestion, 'at'>,
  signal: AbortSignal,
): Promise<string> {
  return at === 'applied' ? (await repository.head(signal)).commit.sha : at.commit;
}

function overlaid({ overlay }: DesiredQuestion): Pick<BaseQuestion, 'overlay'> {
  return overlay ? { overlay } : {};
}

/** Without a cluster a namespace may be missing from what is written: then kind and name decide. */
function isOurs(source: string, ours: ReadonlySet<string>): boolean {
  const [kind, , name] = source.split('/');
  return ours.has(source) || ours.has(`${kind}//${name}`);
}

/** The sources of the entries, and every GitRepository that is written with the repository's own URL. */
async function oursInFiles(
  { repository, bases }: Pick<RendererParts, 'repository' | 'bases'>,
  commit: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { documents } = await bases({ commit }, signal);
  const entries = entriesIn(documents).map(sourceRef);
  const written = documents.all.filter(
    ({ kind, object }) =>
      kind === 'GitRepository' &&
      sameRepository(textAt(mapAt(object, 'spec'), 'url'), repository.identity.url),
  );
  return new Set(
    [...entries, ...written.map(({ object }) => sourceKey(refIn(object)))].flatMap(withBareName),
  );
}

function sourceKey(ref: string): string {
  const parts = ref.split('/');
  return parts.length === 3 ? ref : `${parts[0]}//${parts[1]}`;
}

function withBareName(source: string): string[] {
  const [kind = '', , name = ''] = source.split('/');
  return [source, `${kind}//${name}`];
}

interface BuildParts extends RendererParts {
  strict: boolean;
  keep: (key: string, make: () => Promise<Built>) => Promise<Built>;
}

async function buildNode(node: Node, base: Base, parts: BuildParts, signal: AbortSignal): Promise<Built> {
  const path = pathOf(node);
  const depends = namesIn(textAt(node.spec, 'path'))[0];
  if (path === undefined) return unbuilt(`its path ${textAt(node.spec, 'path')} leaves the repository`);
  if (depends !== undefined)
    return unbuilt(`its path ${withNames(path)} depends on \${${depends}}, whose value is not known`);
  const { documents, artifact, veiled, prefix } = base;
  const { name, namespace, spec } = node;
  const question = {
    namespace,
    near: homeOf(node) || path,
    spec,
    hidden: notPlainIn(documents, node),
    documents,
    ...(parts.cluster && { live: parts.cluster.live }),
  };
  const variables = await variablesOf(question, signal);
  const own = { name, namespace, spec, path, variables, prefix, strict: parts.strict };
  const to = { ...own, artifact, documents, ...(veiled && { veiledArtifact: veiled }) };
  // Other questions may wait for the same build: one that is called off must not end it.
  const build = (): Promise<Built> => buildOne(parts.engine, to, AbortSignal.timeout(LONGEST));
  return parts.keep(keyOf({ ...own, variables: flat(variables), artifact: artifact.id }), build);
}

function flat({ known, closed, isOpen, missing }: Variables): unknown[] {
  return [[...known], [...closed], isOpen, missing];
}

/** A value that stands just so in a Kustomization of that name in Git is plain, whoever put it into the live one. */
function notPlainIn(documents: Documents, node: Node): ReadonlySet<string> {
  const inline = mapAt(mapAt(node.spec, 'postBuild'), 'substitute');
  const written = documents.all
    .filter(({ object, name }) => isFluxKustomization(object) && name === node.name)
    .map(({ object }) => mapAt(mapAt(mapAt(object, 'spec'), 'postBuild'), 'substitute'));
  const isPlain = (name: string): boolean => written.some((values) => values[name] === inline[name]);
  return new Set([...hiddenVariables(node)].filter((name) => !isPlain(name)));
}

const LONGEST = 120_000;

function keyOf(parts: object): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
