import { toToolError } from '../../errors.ts';
import { type Document, type Documents, isEncrypted } from './documents.ts';
import type { JsonObject } from './engine.ts';
import type { LiveObjects } from './live.ts';
import { mapAt, mapsAt, textAt } from './manifest.ts';
import { dirname } from './place.ts';
import { namesIn } from './sentinels.ts';

/** A variable with its value; `isPlain` when that stands in Git for everybody to read. */
export interface Variable {
  value: string;
  isPlain: boolean;
}

/** What a Kustomization's build substitutes, as far as it is known (kustomize-controller, postBuild). */
export interface Variables {
  known: ReadonlyMap<string, Variable>;
  /** Defined by a source, without a value that may be known here: keys of Secrets and of encrypted files. */
  closed: ReadonlySet<string>;
  /** A source is not known at all: it may define any name. */
  isOpen: boolean;
  /** That source is a Secret, of which nothing can be known: what nothing else defines counts as defined by it. */
  isSecretOpen?: boolean;
  /** A source that has to be there and is not: the build would fail. */
  missing?: string;
}

/** Of which Kustomization, and where the sources are looked for. */
export interface VariablesQuestion {
  namespace: string;
  /** Directory that tells namesakes of several clusters apart. */
  near: string;
  spec: JsonObject;
  /** Names of `postBuild.substitute` whose values are not plain in Git. */
  hidden: ReadonlySet<string>;
  documents: Documents;
  /** ConfigMaps and Secrets as builds give them, which go before those as they are written. */
  rendered?: readonly Document[];
  live?: LiveObjects;
  /** What a state of Git would become is asked for: where Git has a ConfigMap, it counts before the live one. */
  isNext?: boolean;
}

interface Draft {
  known: Map<string, Variable>;
  closed: Set<string>;
  isOpen: boolean;
  isSecretOpen?: boolean;
  missing?: string;
}

/** substituteFrom in its order, later wins, then the inline ones. Secrets are never read: their variables stay closed. */
export async function variablesOf(question: VariablesQuestion, signal: AbortSignal): Promise<Variables> {
  const draft: Draft = { known: new Map(), closed: new Set(), isOpen: false };
  const postBuild = mapAt(question.spec, 'postBuild');
  for (const from of mapsAt(postBuild, 'substituteFrom')) await addSource(draft, from, question, signal);
  for (const [name, value] of Object.entries(mapAt(postBuild, 'substitute'))) {
    if (typeof value !== 'string') continue;
    if (namesIn(value).length > 0) close(draft, name);
    else set(draft, name, { value, isPlain: !question.hidden.has(name) });
  }
  return draft;
}

function set(draft: Draft, name: string, variable: Variable): void {
  draft.closed.delete(name);
  draft.known.set(name, { ...variable, value: variable.value.replaceAll('\n', '') });
}

function close(draft: Draft, name: string): void {
  draft.known.delete(name);
  draft.closed.add(name);
}

async function addSource(
  draft: Draft,
  from: JsonObject,
  question: VariablesQuestion,
  signal: AbortSignal,
): Promise<void> {
  const { live, namespace, isNext } = question;
  const source = { kind: textAt(from, 'kind'), name: textAt(from, 'name') };
  const document = documentOf(source, question);
  const data =
    source.kind === 'ConfigMap' && live ? await readLive(live, namespace, source.name, signal) : 'unknown';
  if (typeof data === 'object') {
    if (isNext === true && document) addNext(draft, document, data);
    else addLive(draft, data, document);
  } else if (document) addDocument(draft, document);
  else if (data === 'absent') {
    if (from['optional'] !== true) draft.missing ??= `ConfigMap ${namespace}/${source.name}`;
  } else {
    draft.isOpen = true;
    draft.isSecretOpen ||= source.kind === 'Secret';
  }
}

async function readLive(
  live: LiveObjects,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | 'absent' | 'unknown'> {
  try {
    return (await live.configMap(namespace, name, signal)) ?? 'absent';
  } catch (error) {
    signal.throwIfAborted();
    return toToolError(error).code === 'not_found' ? 'absent' : 'unknown';
  }
}

/** What a live ConfigMap says is a secret, unless Git says the same in plain text. */
function addLive(draft: Draft, data: Readonly<Record<string, string>>, document: Document | undefined): void {
  const plain = document && !isEncrypted(document.object) ? mapAt(document.object, 'data') : {};
  for (const [name, value] of Object.entries(data)) {
    set(draft, name, { value, isPlain: plain[name] === value });
  }
}

/** What Git will make of a live ConfigMap: of what it encrypts the values are those that are there now. */
function addNext(draft: Draft, document: Document, data: Readonly<Record<string, string>>): void {
  addDocument(draft, document);
  for (const name of Object.keys(mapAt(document.object, 'data'))) {
    const value = data[name];
    if (draft.closed.has(name) && value !== undefined) set(draft, name, { value, isPlain: false });
  }
}

function addDocument(draft: Draft, { kind, object }: Document): void {
  const isClosed = kind === 'Secret' || isEncrypted(object);
  const entries = [...Object.entries(mapAt(object, 'data')), ...Object.entries(mapAt(object, 'stringData'))];
  for (const [name, value] of entries) {
    if (isClosed || typeof value !== 'string' || value.includes('${')) close(draft, name);
    else set(draft, name, { value, isPlain: true });
  }
}

/** The source's manifest in Git: of several clusters' namesakes the one nearest to the Kustomization. */
function documentOf(
  { kind, name }: { kind: string; name: string },
  { namespace, near, documents, rendered = [] }: VariablesQuestion,
): Document | undefined {
  const built = rendered.find(
    (document) => document.kind === kind && document.name === name && document.namespace === namespace,
  );
  if (built) return built;
  const candidates = documents.all.filter(
    (document) =>
      document.kind === kind &&
      document.name === name &&
      (document.namespace === undefined || document.namespace === namespace),
  );
  const closeness = ({ file }: Document): number => sharedDepth(dirname(file), near);
  return candidates.toSorted((a, b) => closeness(b) - closeness(a))[0];
}

function sharedDepth(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 ? left.length : at;
}
