import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files of a repository by their path in it. */
export type Files = Readonly<Record<string, string>>;

/** `status.artifact` of a source, as source-controller writes it. */
export interface PublishedArtifact {
  url: string;
  path: string;
  /** `main@sha1:` and forty digits that follow from the content. */
  revision: string;
  digest: string;
  lastUpdateTime: string;
  size: number;
}

/** Stands for source-controller's file server. */
export interface ArtifactServer {
  /** Packs the files and serves them until the server is closed. */
  publish(files: Files): Promise<PublishedArtifact>;
  close(): Promise<void>;
}

/** Starts a server of tar.gz archives on a free port of 127.0.0.1. */
export async function startArtifactServer(): Promise<ArtifactServer> {
  const archives = new Map<string, Buffer>();
  const server = createServer(({ url = '' }, response) => {
    const archive = archives.get(url);
    response.writeHead(archive ? 200 : 404, { 'content-type': 'application/gzip' }).end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    async publish(files) {
      const archive = await pack(files);
      const digest = createHash('sha256').update(archive).digest('hex');
      const path = `/artifacts/${digest}.tar.gz`;
      archives.set(path, archive);
      return {
        url: `http://127.0.0.1:${port}${path}`,
        path: path.slice(1),
        revision: `main@sha1:${digest.slice(0, 40)}`,
        digest: `sha256:${digest}`,
        lastUpdateTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        size: archive.length,
      };
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

async function pack(files: Files): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'daytwo-artifact-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const options = { encoding: 'buffer', maxBuffer: 1 << 26 } as const;
    return (await run('tar', ['-czf', '-', '-C', folder, '.'], options)).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
