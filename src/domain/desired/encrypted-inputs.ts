import { isSops } from '../repository/sops.ts';
import type { Artifact } from './engine.ts';
import { dirname, normalPath } from './place.ts';

const KUSTOMIZATION = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;

/**
 * The artifact with other content in every file that SOPS encrypted and a secretGenerator reads: what then differs in a build
 * depends on what only Flux can decrypt, such as the hash in a name. Undefined where there is no such file.
 */
export async function veiledArtifact(artifact: Artifact): Promise<Artifact | undefined> {
  const files = await artifact.files();
  const inputs = encryptedInputs(files);
  if (inputs.length === 0) return undefined;
  const other = new Map(files);
  for (const path of inputs) other.set(path, changed(files.get(path) ?? new Uint8Array()));
  return { id: `${artifact.id}-veiled`, files: async () => other };
}

function encryptedInputs(files: ReadonlyMap<string, Uint8Array>): string[] {
  const found = [...files].flatMap(([path, content]) => {
    const text = KUSTOMIZATION.test(path) ? new TextDecoder().decode(content) : '';
    return text.includes('secretGenerator') ? wordsIn(text).map((word) => inputOf(path, word)) : [];
  });
  const paths = [...new Set(found)].filter((path) => path !== undefined);
  return paths.filter((path) => {
    const content = files.get(path);
    return content !== undefined && isSops(new TextDecoder().decode(content));
  });
}

function wordsIn(text: string): string[] {
  return text.split(/[\s"',[\]]+/);
}

/** `key=file` or `file`, relative to the kustomization. */
function inputOf(kustomization: string, word: string): string | undefined {
  return normalPath(`${dirname(kustomization)}/${word.slice(word.indexOf('=') + 1)}`);
}

function changed(content: Uint8Array): Uint8Array {
  return Buffer.concat([content, Buffer.from('\n# veiled\n')]);
}
