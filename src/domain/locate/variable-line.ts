import type { Place } from '../desired/desired.ts';
import { documentLines } from '../repository/manifest-lines.ts';
import type { Instance } from './instances.ts';
import type { RepositoryMap } from './repository-map.ts';

/** Where the value of the variable in a text is set, if it is plain in Git; undefined for a text without one. */
export function variableLine(text: string, by: Instance, map: RepositoryMap): Place | undefined {
  const name = /\$\{([A-Za-z_]\w*)/.exec(text)?.[1];
  if (name === undefined) return undefined;
  const own = by.flux?.variables.get(name);
  if (own && by.flux) return { file: by.flux.file, line: own.line };
  const places = configMapLines(name, map);
  return places.length === 1 ? places[0] : undefined;
}

/** Keys of plain ConfigMaps that some Kustomization takes its variables from. */
function configMapLines(name: string, { flux, declared, texts }: RepositoryMap): Place[] {
  const sources = new Set(flux.flatMap(({ variablesFrom }) => variablesFrom));
  const maps = [...declared.values()].flat().filter(({ kind, name: own }) => {
    return kind === 'ConfigMap' && sources.has(own);
  });
  return maps.flatMap(({ file, line }) => {
    const document = documentLines(texts.get(file) ?? '').find((one) => one.line === line);
    const entry = document?.keys.find((key) => key.key === name && key.path.join('/') === 'data');
    return entry === undefined || entry.value.startsWith('ENC[') ? [] : [{ file, line: entry.line }];
  });
}
