import { createHash } from 'node:crypto';

import { type Base, type BaseQuestion, rootFor } from './base.ts';
import { type Built, type ToBuild, buildOne, unbuilt } from './build.ts';
import type { Asking, DesiredParts } from './desired-state.ts';
import type { DesiredQuestion } from './desired.ts';
import type { Engine } from './engine.ts';
import { NOT_RECORDED, type LiveObjects } from './live.ts';
import type { LiveFlux } from './live-flux.ts';
import { mapsAt, textAt } from './manifest.ts';
import { type Node, hiddenVariables, pathOf, sourceRef } from './node.ts';
import { type RenderedSources, createRenderedSources } from './rendered-sources.ts';
import { once } from '../once.ts';
import { namesIn, withNames } from './sentinels.ts';
import { notPlainIn, sourcesInFiles } from './sources.ts';
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
  const keep = keeper();
  return {
    async asking(question, live, signal) {
      const { at, overlay } = question;
      const head = at === 'applied' ? (await parts.repository.head(signal)).commit.sha : at.commit;
      const wholeBase = once(() => parts.bases({ commit: head, ...(overlay && { overlay }) }, signal));
      const sources = createRenderedSources();
      const own = { ...parts, keep, sources, isNext: at !== 'applied', strict: live?.strict ?? true };
      const liveOnce = parts.cluster && configMapsOnce(parts.cluster.live);
      const building = { ...own, ...(liveOnce && { live: liveOnce }) };
      return {
        question,
        ...(live && { live }),
        signal,
        sources,
        wholeBase,
        baseFor: basesFor(parts, { question, head, live, wholeBase }, signal),
        build: (node, base) => buildNode(node, base, building, signal),
      };
    },
  };
}

/** Equal builds are made once, also while the first is under way. */
function keeper(): (key: string, make: () => Promise<Built>) => Promise<Built> {
  const built = new Map<string, Promise<Built>>();
  return (key, make) => {
    const known = built.get(key) ?? make();
    built.delete(key);
    built.set(key, known);
    known.catch(() => built.delete(key));
    const [oldest] = built.size > KEPT ? built.keys() : [];
    if (oldest !== undefined) built.delete(oldest);
    return known;
  };
}

/** One question reads each ConfigMap once. */
function configMapsOnce(live: LiveObjects): LiveObjects {
  const known = new Map<string, ReturnType<LiveObjects['configMap']>>();
  return {
    ...live,
    configMap: (namespace, name, signal) => {
      const key = `${namespace}/${name}`;
      const read = known.get(key) ?? live.configMap(namespace, name, signal);
      known.set(key, read);
      return read;
    },
  };
}

interface Sight {
  question: DesiredQuestion;
  head: string;
  live: LiveFlux | undefined;
  wholeBase: () => Promise<Base>;
}

/** The base that each Kustomization is built from, by its source and its commit; undefined for a foreign source. */
function basesFor(
  { repository, bases }: RendererParts,
  { question: { at, overlay }, head, live, wholeBase }: Sight,
  signal: AbortSignal,
): Asking['baseFor'] {
  const open = new Map<string, Promise<Base>>();
  const ours = once(async () => {
    if (live) return live.sources;
    const { documents, artifact } = await wholeBase();
    return sourcesInFiles(documents, await artifact.files(), repository.identity.url);
  });
  const baseOf = async (node: Node, commit: string, ignore: string | undefined): Promise<Base> => {
    const isWhole = sourceRef(node).startsWith('GitRepository/');
    const root = isWhole ? '' : await rootFor(repository, { commit, path: pathOf(node) ?? '' }, signal);
    return bases({ commit, root, ...(ignore && { ignore }), ...(overlay && { overlay }) }, signal);
  };
  return async (node) => {
    const source = sourceRef(node);
    const { has, ignore } = await ours();
    if (!has(source)) return undefined;
    const commit = at === 'applied' ? (node.applied ?? head) : head;
    const key = `${commit} ${source}`;
    const base = open.get(key) ?? baseOf(node, commit, ignore(source));
    open.set(key, base);
    return base;
  };
}

interface Building extends RendererParts {
  strict: boolean;
  isNext: boolean;
  sources: RenderedSources;
  live?: LiveObjects;
  keep: (key: string, make: () => Promise<Built>) => Promise<Built>;
}

async function buildNode(node: Node, base: Base, parts: Building, signal: AbortSignal): Promise<Built> {
  const path = pathOf(node);
  const depends = namesIn(textAt(node.spec, 'path'))[0];
  if (path === undefined) return unbuilt(`its path ${textAt(node.spec, 'path')} leaves the repository`);
  if (depends !== undefined)
    return unbuilt(`its path ${withNames(path)} depends on \${${depends}}, whose value is not known`);
  const { documents, artifact, veiled, prefix } = base;
  const { name, namespace, spec, root } = node;
  if (mapsAt(spec, 'patches').some(({ patch }) => patch === NOT_RECORDED))
    return unbuilt('a patch of it was recorded without its text; ask the live cluster');
  const question = {
    namespace,
    near: root?.path ?? path,
    spec,
    hidden: notPlainIn(documents, node, hiddenVariables(node)),
    documents,
    rendered: parts.sources.of(node),
    isNext: parts.isNext,
    ...(parts.live && { live: parts.live }),
  };
  const variables = await variablesOf(question, signal);
  const own = { name, namespace, spec, path, variables, prefix, strict: parts.strict };
  const to = { ...own, artifact, documents, ...(veiled && { veiledArtifact: veiled }) };
  // Other questions may wait for the same build: one that is called off must not end it. The engine bounds each by itself.
  const build = (): Promise<Built> => buildWhole(parts.engine, to, base, new AbortController().signal);
  const key = keyOf({ ...own, variables: flat(variables), artifact: artifact.id });
  return unlessAborted(parts.keep(key, build), signal);
}

/** What only a download could give is left out, and the rest is built without it. */
async function buildWhole(engine: Engine, to: ToBuild, base: Base, signal: AbortSignal): Promise<Built> {
  const whole = await buildOne(engine, to, signal);
  const local = whole.status === 'remote base' ? await base.local() : undefined;
  if (!local) return whole;
  const { artifact, veiled: veiledArtifact } = local;
  const rest = await buildOne(engine, { ...to, artifact, veiledArtifact, isLocal: true }, signal);
  const { status, reason = '', failure } = whole;
  const why =
    rest.objects.length === 0 && rest.reason !== undefined ? `${reason}; without it: ${rest.reason}` : reason;
  return { ...rest, status, reason: why, ...(failure && { failure }) };
}

function flat({ known, closed, ...rest }: Variables): unknown[] {
  return [[...known], [...closed], rest];
}

/** Rejects with the signal's reason as soon as it is aborted. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function keyOf(parts: object): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
