/** The thread that the engine runs in: one question at a time, and its end when an instance of the engine ends. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import type { Directory } from '@bjorn3/browser_wasi_shim';

import { treeOf } from './filesystem.ts';
import { Instance } from './instance.ts';
import { cutIntoChunks } from './lines.ts';
import type { Answer, Question, Ready, Start } from './protocol.ts';

/** Of 30,000 functions a build runs few: checked when they are called, and optimised early, since the first builds count. */
const FLAGS = ['--wasm-lazy-validation', '--wasm-tiering-budget=4000000'];

if (parentPort !== null) await serve(parentPort, workerData as Start);

async function serve(port: MessagePort, { file, module }: Start): Promise<void> {
  for (const flag of FLAGS) setFlagsFromString(flag);
  const compiled = module ?? (await compiledFrom(file));
  const instance = new Instance(compiled);
  const artifacts = new Map<string, Directory>();
  port.on('message', (question: Question) => {
    const answer = guarded(instance, () => reply(question, instance, artifacts));
    port.postMessage(
      answer,
      'lines' in answer ? answer.lines.map(({ buffer }) => buffer as ArrayBuffer) : [],
    );
  });
  port.postMessage({ module: compiled } satisfies Ready);
}

/** The file's own 60 MB are given back at once: the compiler has a copy, and no collection would come by for long. */
async function compiledFrom(file: string): Promise<WebAssembly.Module> {
  const { buffer } = readFileSync(file);
  const compiled = await WebAssembly.compile(new Uint8Array(buffer));
  buffer.transfer(0);
  return compiled;
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
