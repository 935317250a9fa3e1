import { ConsoleStdout, type Directory, OpenFile, File, WASI, wasi } from '@bjorn3/browser_wasi_shim';

import { MountedArtifact } from './filesystem.ts';
import type { Segment } from './sections.ts';

/** What the module exports besides what WASI asks for; sizes in bytes, results with the address in the upper half. */
interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  alloc(size: number): number;
  free(address: number): void;
  build(address: number, size: number): bigint;
  predict(address: number, size: number): bigint;
  learn(address: number, size: number): bigint;
}

/** The functions of the engine that take and give text. */
export type EngineFunction = 'build' | 'predict' | 'learn';

const WRITES = [
  'fd_allocate',
  'fd_filestat_set_size',
  'fd_filestat_set_times',
  'fd_pwrite',
  'path_create_directory',
  'path_filestat_set_times',
  'path_link',
  'path_remove_directory',
  'path_rename',
  'path_symlink',
  'path_unlink_file',
];

/** File descriptors that stay: the three streams and the mounted artifact. */
const LASTING = 4;

/** Go's collector works beside the program, which here has no time beside its calls: it must stop it to end at all. */
const ENVIRONMENT = ['PWD=/', 'GODEBUG=gcstoptheworld=1', 'GOGC=50'];

/** Characters kept of what the Go runtime says: the reason of its end comes first, then all its stacks. */
const FIRST_WORDS = 4096;

/** One running engine: no network, no clock it could wait on for long, no file but those mounted, and those read-only. */
export class Instance {
  readonly #wasi: WASI;
  readonly #mounted = new MountedArtifact();
  readonly #exports: Exports;
  #words = '';

  /** Of a module without the data of its memory, and that data. Throws when the module is not the engine. */
  constructor(module: WebAssembly.Module, data: readonly Segment[]) {
    const decoder = new TextDecoder();
    const listen = new ConsoleStdout((text) => {
      this.#words = (this.#words + decoder.decode(text)).slice(0, FIRST_WORDS);
    });
    const nothing = new OpenFile(new File(new Uint8Array()));
    // The logger of Kubernetes takes its name from the one argument, and dies without it.
    this.#wasi = new WASI(['engine'], ENVIRONMENT, [nothing, listen, listen, this.#mounted], {
      debug: false,
    });
    const refused = Object.fromEntries(WRITES.map((name) => [name, () => wasi.ERRNO_ROFS]));
    const instance = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: { ...this.#wasi.wasiImport, ...refused },
    });
    this.#exports = instance.exports as Exports;
    const memory = new Uint8Array(this.#exports.memory.buffer);
    for (const { offset, bytes } of data) memory.set(bytes, offset);
    this.#wasi.initialize({ exports: this.#exports });
  }

  get memoryBytes(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  /** What the Go runtime said during the last call: the only trace of why it ended. */
  get words(): string {
    return this.#words;
  }

  mount(files: Directory): void {
    this.#mounted.mount(files);
  }

  /** The answer is valid until the next call. Throws when the instance ended, and then it cannot be called again. */
  call(name: EngineFunction, request: Uint8Array): Uint8Array {
    this.#words = '';
    const address = this.#exports.alloc(request.length);
    new Uint8Array(this.#exports.memory.buffer, address >>> 0, request.length).set(request);
    const result = this.#exports[name](address, request.length);
    this.#wasi.fds.length = LASTING;
    const at = Number(BigInt.asUintN(64, result) >> 32n);
    const text = new Uint8Array(this.#exports.memory.buffer, at, Number(result & 0xffff_ffffn));
    this.#exports.free(at);
    return text;
  }
}
