/** The thread that the engine runs in: one question at a time, and its end when an instance of the engine ends. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import type { Directory } from '@bjorn3/browser_wasi_shim';

import { treeOf } from './filesystem.ts';
import { Instance } from './instance.ts';
import { cutIntoChunks } from './lines.ts';
import type { Answer, Question, Ready, Start } from './protocol.ts';
import { type Segment, takeApart } from './sections.ts';

/**
 * Of 30,000 functions a build runs few: checked when they are called, and optimised later than V8 would: the compiler takes the
 * second core from the first builds, and tens of megabytes for good.
 */
const FLAGS = ['--wasm-lazy-validation', '--wasm-tiering-budget=200000000'];

if (parentPort !== null) await serve(parentPort, workerData as Start);

async function serve(port: MessagePort, { file, compiled }: Start): Promise<void> {
  for (const flag of FLAGS) setFlagsFromString(flag);
  const { buffer } = readFileSync(file);
  const { code, segments } = takeApart(new Uint8Array(buffer));
  const data = hashOf(segments);
  const module = compiled?.data === data ? compiled.module : await WebAssembly.compile(code);
  const instance = new Instance(module, segments);
  // The file's 60 MB are given back at once: no collection would come by for long.
  buffer.transfer(0);
  const artifacts = new Map<string, Directory>();
  port.on('message', (question: Question) => {
    const answer = guarded(instance, () => reply(question, instance, artifacts));
    port.postMessage(
      answer,
      'lines' in answer ? answer.lines.map(({ buffer: lines }) => lines as ArrayBuffer) : [],
    );
  });
  port.postMessage({ compiled: { module, data } } satisfies Ready);
}

function hashOf(segments: readonly Segment[]): string {
  const hash = createHash('sha256');
  for (const { offset, bytes } of segments) hash.update(`${offset} ${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}

function guarded(instance: Instance, answer: () => readonly Uint8Array[]): Answer {
  try {
    const lines = answer();
    return { lines, memoryBytes: instance.memoryBytes };
  } catch (error) {
    return trapOf(`${instance.words}\n${String(error)}`);
  }
}

function reply(
  question: Question,
  instance: Instance,
  artifacts: Map<string, Directory>,
): readonly Uint8Array[] {
  switch (question.kind) {
    case 'keep':
      artifacts.set(question.artifact, treeOf(question.files));
      return [];
    case 'drop':
      artifacts.delete(question.artifact);
      return [];
    case 'learn':
      return cutIntoChunks(instance.call('learn', keyed(question.key, question.document)));
    case 'build':
      instance.mount(artifactOf(artifacts, question.artifact));
      return cutIntoChunks(instance.call('build', question.request));
    default:
      return cutIntoChunks(instance.call('predict', question.request));
  }
}

function artifactOf(artifacts: Map<string, Directory>, id: string): Directory {
  const files = artifacts.get(id);
  if (files === undefined) throw new Error(`the artifact ${id} is not here`);
  return files;
}

function keyed(key: string, document: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${key}\n`), document]);
}

function trapOf(words: string): Answer {
  if (/out of memory|cannot allocate memory/.test(words))
    return { trap: 'out-of-memory', message: 'it needs more memory than the engine may take' };
  if (/stack overflow|stack exceeds|call stack size/.test(words))
    return { trap: 'failed', message: 'it is nested too deeply' };
  return { trap: 'failed', message: 'the engine ended unexpectedly while working on it' };
}
