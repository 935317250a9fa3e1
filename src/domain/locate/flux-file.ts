import { layerOf } from './kustomize-file.ts';
import type { FluxFile } from './layer.ts';
import { dirname } from '../desired/place.ts';
import { type YamlMap, yamlMaps } from './yaml-map.ts';

/** True for what Flux's kustomize-controller applies, not for kustomize's own file. */
export function isFluxKustomization({ kind, apiVersion }: { kind: string; apiVersion: string }): boolean {
  return kind === 'Kustomization' && apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');
}

/** The Flux Kustomizations of a file; none when no parser reads it. */
export function readFluxFile(file: string, text: string): FluxFile[] {
  return yamlMaps(text).flatMap((map) => {
    const about = { kind: map.text('kind') ?? '', apiVersion: map.text('apiVersion') ?? '' };
    return isFluxKustomization(about) ? [fluxOf(map, file)] : [];
  });
}

function fluxOf(map: YamlMap, file: string): FluxFile {
  const [metadata, spec] = [map.map('metadata'), map.map('spec')];
  const postBuild = spec.map('postBuild');
  const [source, substitute] = [spec.map('sourceRef'), postBuild.map('substitute')];
  return {
    ...layerOf(spec, { file, directory: dirname(file) }),
    namespace: spec.text('targetNamespace'),
    file,
    line: map.line(),
    name: metadata.text('name') ?? '',
    own: metadata.text('namespace'),
    path: spec.text('path') ?? '',
    components: spec.texts('components').map((entry) => entry.text),
    ...(source.keys().length > 0 && {
      source: { kind: source.text('kind') ?? '', name: source.text('name') ?? '' },
    }),
    variables: new Map(
      substitute
        .keys()
        .map((key) => [key, { value: substitute.text(key) ?? '', line: substitute.line(key) }]),
    ),
    variablesFrom: postBuild.maps('substituteFrom').flatMap((from) => from.text('name') ?? []),
  };
}
