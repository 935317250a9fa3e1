import { dirname, normalPath } from '../desired/place.ts';
import type { Generated, KustomizeFile, Layer, Patch } from './layer.ts';
import { type YamlMap, yamlMaps } from './yaml-map.ts';

/** Names under which kustomize looks for its file (kustomize, api/konfig/general.go). */
export const KUSTOMIZE_FILES: ReadonlySet<string> = new Set([
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
]);

/** A kustomization.yaml as its text has it; undefined when no parser reads it. */
export function readKustomizeFile(file: string, text: string): KustomizeFile | undefined {
  const [map] = yamlMaps(text);
  if (map === undefined) return undefined;
  const directory = dirname(file);
  return {
    ...layerOf(map, { file, directory }),
    namespace: map.text('namespace'),
    file,
    directory,
    resources: ['resources', 'bases'].flatMap((key) =>
      map.texts(key).map((entry) => ({ path: entry.text, line: entry.line })),
    ),
    components: map.texts('components').map((entry) => entry.text),
    generated: [...generatedIn(map, 'ConfigMap'), ...generatedIn(map, 'Secret')],
  };
}

/** The fields that a kustomization and the spec of a Flux Kustomization have in common. */
export function layerOf(
  map: YamlMap,
  { file, directory }: { file: string; directory: string },
): Omit<Layer, 'namespace'> {
  const patches = ['patches', 'patchesJson6902'].flatMap((key) =>
    map.maps(key).map((patch) => patchOf(patch, file, directory)),
  );
  const merges = map.texts('patchesStrategicMerge').map((entry): Patch => {
    if (entry.text.includes('\n')) return { file, line: entry.line, ...subjectIn(entry.text) };
    return { file: normalPath(`${directory}/${entry.text}`) ?? file, line: 1 };
  });
  return {
    namePrefix: map.text('namePrefix') ?? '',
    nameSuffix: map.text('nameSuffix') ?? '',
    patches: [...patches, ...merges],
    images: map.maps('images').flatMap((image) => {
      const name = image.text('name');
      const key = ['newTag', 'digest', 'newName'].find((one) => image.text(one) !== undefined);
      if (name === undefined || key === undefined) return [];
      return [{ name, newName: image.text('newName'), file, line: image.line(key) }];
    }),
  };
}

/** Without a target, a patch is for what its own kind and name say; those in a file are filled in once that is read. */
function patchOf(patch: YamlMap, file: string, directory: string): Patch {
  const target = patch.map('target');
  const path = patch.text('path');
  const where =
    path === undefined
      ? { file, line: patch.line('patch') }
      : { file: normalPath(`${directory}/${path}`) ?? file, line: 1 };
  const named = { kind: target.text('kind'), name: target.text('name') };
  const isNamed = named.kind !== undefined || named.name !== undefined || target.keys().length > 0;
  return { ...where, ...(isNamed ? named : subjectIn(patch.text('patch') ?? '')) };
}

/** Kind and name of a strategic merge patch in a text. */
function subjectIn(text: string): Pick<Patch, 'kind' | 'name'> {
  const [map] = yamlMaps(text);
  return { kind: map?.text('kind'), name: map?.map('metadata').text('name') };
}

function generatedIn(map: YamlMap, kind: Generated['kind']): Generated[] {
  const all = isFixed(map.map('generatorOptions'));
  return map.maps(kind === 'ConfigMap' ? 'configMapGenerator' : 'secretGenerator').flatMap((entry) => {
    const name = entry.text('name');
    if (name === undefined) return [];
    const fixed = all || isFixed(entry.map('options'));
    return [{ kind, name, namespace: entry.text('namespace'), line: entry.line(), fixed }];
  });
}

function isFixed(options: YamlMap): boolean {
  return options.text('disableNameSuffixHash') === 'true';
}
