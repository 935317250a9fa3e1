import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import { ensurePrograms } from './build.ts';

/** Runs the real kubectl and gives its output; rejects with what it said when it fails. `stdin` is for `-f -`. */
export type Kubectl = (
  args: readonly string[],
  options?: { stdin?: string; editor?: string },
) => Promise<string>;

/** A kubectl with this kubeconfig; `cache` is a folder for its discovery cache. */
export async function kubectlWith(kubeconfig: string, cache: string): Promise<Kubectl> {
  const { kubectl } = await ensurePrograms(['kubectl']);
  return async (args, { stdin = '', editor = 'true' } = {}) => {
    const child = spawn(kubectl, [...args, `--kubeconfig=${kubeconfig}`, `--cache-dir=${cache}`], {
      env: { PATH: process.env['PATH'], HOME: cache, KUBE_EDITOR: editor },
    });
    child.stdin.end(stdin);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, problem] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if ((await ended) !== 0) throw new Error(`kubectl ${args.join(' ')}: ${problem || out}`);
    return out;
  };
}
