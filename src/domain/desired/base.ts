import type { RepositoryReader } from '../repository/port.ts';
import { type Repository, artifactOf } from './artifact.ts';
import { type Documents, readDocuments } from './documents.ts';
import { veiledArtifact } from './encrypted-inputs.ts';
import type { Artifact } from './engine.ts';
import { localArtifact } from './remote-bases.ts';

/** A state of the repository as one source gives it to Flux. */
export interface Base {
  commit: string;
  artifact: Artifact;
  /** The same with other content in encrypted inputs of generators. */
  veiled?: Artifact;
  /** Both without what is never fetched; undefined where nothing would be. */
  local: () => ReturnType<typeof localArtifact>;
  documents: Documents;
  /** The directory that is the artifact's root, with a slash behind it, or empty. */
  prefix: string;
}

/** Which base. */
export interface BaseQuestion {
  commit: string;
  ignore?: string;
  root?: string;
  overlay?: ReadonlyMap<string, Uint8Array | null>;
}

/** Bases that are kept: a few commits, read whole. */
const KEPT = 4;

/** Reads bases, each once while it is among the last that were asked for. */
export function createBases(
  repository: Repository,
): (question: BaseQuestion, signal: AbortSignal) => Promise<Base> {
  const known = new Map<string, Promise<Omit<Base, 'commit' | 'prefix'>>>();
  return async (question, signal) => {
    const artifact = await artifactOf(repository, question, signal);
    const base = known.get(artifact.id) ?? readBase(artifact);
    known.delete(artifact.id);
    known.set(artifact.id, base);
    base.catch(() => known.delete(artifact.id));
    for (const id of [...known.keys()].slice(0, -KEPT)) known.delete(id);
    const prefix = question.root === undefined || question.root === '' ? '' : `${question.root}/`;
    return { ...(await base), commit: question.commit, prefix };
  };
}

async function readBase(artifact: Artifact): Promise<Omit<Base, 'commit' | 'prefix'>> {
  const veiled = await veiledArtifact(artifact);
  let local: ReturnType<typeof localArtifact> | undefined;
  return {
    artifact,
    ...(veiled && { veiled }),
    local: () => (local ??= localArtifact(artifact, veiled)),
    documents: await readDocuments(await artifact.files()),
  };
}

/** The directory that an artifact made of a part of the repository has for its root: the highest below which a path exists. */
export async function rootFor(
  repository: RepositoryReader,
  { commit, path }: { commit: string; path: string },
  signal: AbortSignal,
): Promise<string> {
  const files = await repository.list(commit, '', signal);
  if (path === '' || files.some((file) => file.path.startsWith(`${path}/`))) return '';
  const roots = files.flatMap((file) => {
    const at = file.path.indexOf(`/${path}/`);
    return at > 0 ? [file.path.slice(0, at)] : [];
  });
  return roots.toSorted((a, b) => a.length - b.length)[0] ?? '';
}
