import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Contents of a folder by their path below it, links followed, without what Git keeps there. */
export async function filesOf(checkout: string): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(checkout, { recursive: true, withFileTypes: true });
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(checkout, path);
    if (name.startsWith('.git/')) continue;
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) files.set(name, await readFile(path));
  }
  return files;
}
