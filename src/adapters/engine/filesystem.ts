import {
  Directory,
  File,
  type Inode,
  OpenDirectory,
  PreopenDirectory,
  wasi,
} from '@bjorn3/browser_wasi_shim';

import type { PackedFiles } from './protocol.ts';

/** The folder below the root that holds the artifact; the Go side has the same name. */
const MOUNT = 'r';

/** The only file descriptor that leads anywhere: `/`, with the artifact in it and nothing else. */
export class MountedArtifact extends PreopenDirectory {
  constructor() {
    super('/', new Map());
    this.dir = new ReadOnlyDirectory(new Map());
  }

  /** Puts another artifact in place. */
  mount(files: Directory): void {
    this.dir = new ReadOnlyDirectory(new Map([[MOUNT, files]]));
  }
}

/** The files as a tree; names that no file system could hold are left out. */
export function treeOf({ paths, ends, bytes }: PackedFiles): Directory {
  const root = new ReadOnlyDirectory(new Map());
  const folders = new Map<string, Directory>([['', root]]);
  for (const [index, path] of paths.entries()) {
    const content = bytes.subarray(ends[index - 1] ?? 0, ends[index]);
    if (isPlain(path)) folderOf(path, folders)?.contents.set(nameOf(path), fileOf(content));
  }
  return root;
}

function isPlain(path: string): boolean {
  return path
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
}

function folderOf(path: string, folders: Map<string, Directory>): Directory | undefined {
  const end = path.lastIndexOf('/');
  const parent = end === -1 ? '' : path.slice(0, end);
  const known = folders.get(parent);
  if (known !== undefined) return known;

  const folder = new ReadOnlyDirectory(new Map());
  folders.set(parent, folder);
  folderOf(parent, folders)?.contents.set(nameOf(parent), folder);
  return folder;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The constructor would copy the content. */
function fileOf(content: Uint8Array): File {
  const file = new File(new Uint8Array(), { readonly: true });
  file.data = content;
  return file;
}

class ReadOnlyDirectory extends Directory {
  override path_open(): { ret: number; fd_obj: OpenDirectory } {
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: new OpenListing(this) };
  }

  override create_entry_for_path(): { ret: number; entry: null } {
    return { ret: wasi.ERRNO_ROFS, entry: null };
  }
}

/** The base class copies the whole listing for each entry of it. */
class OpenListing extends OpenDirectory {
  #entries: [string, Inode][] | undefined;

  override fd_readdir_single(cookie: bigint): { ret: number; dirent: wasi.Dirent | null } {
    if (cookie < 2n) return super.fd_readdir_single(cookie);
    this.#entries ??= [...this.dir.contents];
    const entry = this.#entries[Number(cookie - 2n)];
    if (entry === undefined) return { ret: wasi.ERRNO_SUCCESS, dirent: null };
    const [name, node] = entry;
    return {
      ret: wasi.ERRNO_SUCCESS,
      dirent: new wasi.Dirent(cookie + 1n, node.ino, name, node.stat().filetype),
    };
  }
}
