import { join } from 'node:path';

import type {
  Build,
  BuildFailure,
  BuildRequest,
  BuiltObject,
  Engine,
  Pair,
  Prediction,
  PredictRequest,
} from '../../domain/desired/engine.ts';
import { Crew, type EngineLimits, type Trap } from './crew.ts';
import { parseLines } from './lines.ts';
import { packed } from './pack.ts';
import type { Answer, Question } from './protocol.ts';
import type { Thread } from './thread.ts';

const DEFAULTS: EngineLimits = { deadlineMs: 20_000, idleMs: 5 * 60_000, recycleBytes: 192 * 2 ** 20 };

/** Artifacts that the engine keeps for the next builds. */
const KEPT_ARTIFACTS = 3;

/** Pairs in one go: more would keep a build waiting for over a tenth of a second. */
const BATCH = 32;

/** Where the engine is: beside the bundle in the package, and where `npm run build` puts it in a clone. */
export function engineFiles(): string[] {
  const here = import.meta.dirname;
  return [join(here, 'engine.wasm'), join(here, '../../../dist/engine.wasm')];
}

/** How an engine is made; limits that are left out have defaults. */
export interface EngineOptions extends Partial<EngineLimits> {
  /** Files that may hold the engine; the first that exists is taken. */
  wasm: readonly string[];
}

/** An engine with a thread of its own, loaded on first use and released when idle. */
export interface HostedEngine extends Engine {
  /** Ends the thread; what waits is refused with a ToolError `unavailable`. */
  close(): Promise<void>;
  /** Size of the engine's linear memory in bytes, 0 while it is not loaded. */
  memory(): number;
}

/** Hosts the engine of `wasm`; the file is looked for at first use. */
export function createEngine({ wasm, ...limits }: EngineOptions): HostedEngine {
  const crew = new Crew(wasm, { ...DEFAULTS, ...limits });
  return {
    build: (request, signal) => build(crew, request, signal),
    predict: (request, signal) => predict(crew, request, signal),
    close: async () => crew.close(),
    memory: () => crew.memoryBytes,
  };
}

async function build(crew: Crew, request: BuildRequest, signal: AbortSignal): Promise<Build> {
  const { artifact, ...rest } = request;
  const answer = await crew.do(
    'build',
    async (thread) => {
      const refusal = await handOver(thread, artifact);
      if (refusal !== undefined) return refusal;
      const question = encoded(rest);
      if ('trap' in question) return question;
      return thread.ask({ kind: 'build', artifact: artifact.id, request: question.text });
    },
    signal,
  );
  if ('trap' in answer) return { ok: false, failure: failureOf(answer) };
  return buildOf(await parseLines<BuildLine>(answer.lines));
}

type BuildLine = { ok: true; generated: boolean } | { ok: false; failure: BuildFailure } | BuiltObject;

function buildOf([header, ...objects]: BuildLine[]): Build {
  if (header === undefined || !('ok' in header)) return { ok: false, failure: failureOf(SILENT) };
  if (!header.ok) return header;
  return { ok: true, objects: objects as BuiltObject[], generated: header.generated };
}

const SILENT: Trap = { trap: 'failed', message: 'the engine gave no answer' };

function failureOf({ trap, message }: Trap): BuildFailure {
  return { reason: trap, message: `the build was stopped: ${message}` };
}

/** Gives the engine an artifact unless it has it, and takes the one used longest ago away. */
async function handOver(thread: Thread, { id, files }: BuildRequest['artifact']): Promise<Trap | undefined> {
  if (thread.artifacts.delete(id)) {
    thread.artifacts.add(id);
    return undefined;
  }
  const pack = await packed(await files());
  const [oldest] = thread.artifacts;
  const questions: Question[] = [{ kind: 'keep', artifact: id, files: pack }];
  if (oldest !== undefined && thread.artifacts.size >= KEPT_ARTIFACTS) {
    questions.unshift({ kind: 'drop', artifact: oldest });
    thread.artifacts.delete(oldest);
  }
  for (const question of questions) {
    const transfer = question.kind === 'keep' ? [pack.bytes.buffer as ArrayBuffer] : [];
    const answer = await thread.ask(question, transfer);
    if ('trap' in answer) return answer;
  }
  thread.artifacts.add(id);
  return undefined;
}

async function predict(crew: Crew, request: PredictRequest, signal: AbortSignal): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (let start = 0; start < request.pairs.length; start += BATCH) {
    const pairs = request.pairs.slice(start, start + BATCH);
    predictions.push(...(await predictBatch(crew, pairs, request.schemas, signal)));
  }
  return predictions;
}

/** A batch that ends the engine is halved, so that one hostile object costs no other its answer. */
async function predictBatch(
  crew: Crew,
  pairs: readonly Pair[],
  schemas: PredictRequest['schemas'],
  signal: AbortSignal,
): Promise<Prediction[]> {
  const answer = await crew.do('predict', (thread) => askAbout(thread, pairs, schemas), signal);
  if ('lines' in answer) return parseLines<Prediction>(answer.lines);
  if (pairs.length === 1 || answer.trap === 'timeout')
    return pairs.map(() => ({ ok: false, message: `the comparison was stopped: ${answer.message}` }));
  const half = Math.ceil(pairs.length / 2);
  return [
    ...(await predictBatch(crew, pairs.slice(0, half), schemas, signal)),
    ...(await predictBatch(crew, pairs.slice(half), schemas, signal)),
  ];
}

async function askAbout(
  thread: Thread,
  pairs: readonly Pair[],
  schemas: PredictRequest['schemas'],
): Promise<Answer | Trap> {
  const keys: Record<string, string> = {};
  for (const path of new Set(pairs.map(({ desired }) => documentOf(desired['apiVersion'])))) {
    const schema = schemas.get(path);
    if (schema === undefined) continue;
    const key = `${path} ${schema.hash}`;
    keys[path] = key;
    if (thread.documents.has(key)) continue;
    const answer = await thread.ask({ kind: 'learn', key, document: await schema.document() });
    if ('trap' in answer) return answer;
    thread.documents.add(key);
  }
  const question = encoded({ pairs, schemas: keys });
  return 'trap' in question ? question : thread.ask({ kind: 'predict', request: question.text });
}

/** The path below `/openapi/v3` of the document for a group-version. */
function documentOf(apiVersion: unknown): string {
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  return version.includes('/') ? `apis/${version}` : `api/${version}`;
}

function encoded(request: unknown): { text: Uint8Array } | Trap {
  try {
    return { text: new TextEncoder().encode(JSON.stringify(request)) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { trap: 'failed', message: 'it is nested too deeply' };
  }
}
