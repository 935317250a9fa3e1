import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { cachedJson, moduleFolder } from './build.ts';
import type { Manifest } from './manifest.ts';

/** A kind to define without a schema. */
export interface PermissiveKind {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

/** The modules whose source carries the CRDs of Flux 2.9. */
const FLUX_MODULES = [
  'github.com/fluxcd/source-controller@v1.9.4',
  'github.com/fluxcd/kustomize-controller@v1.9.4',
  'github.com/fluxcd/helm-controller@v1.6.3',
] as const;

/** Flux kinds whose modules the Go module proxy does not always have: served without a schema. */
const OTHER_FLUX_KINDS: readonly PermissiveKind[] = [
  fluxKind('notification.toolkit.fluxcd.io', 'v1beta3', 'Alert', 'alerts'),
  fluxKind('notification.toolkit.fluxcd.io', 'v1beta3', 'Provider', 'providers'),
  fluxKind('notification.toolkit.fluxcd.io', 'v1', 'Receiver', 'receivers'),
  fluxKind('image.toolkit.fluxcd.io', 'v1', 'ImageRepository', 'imagerepositories'),
  fluxKind('image.toolkit.fluxcd.io', 'v1', 'ImagePolicy', 'imagepolicies'),
  fluxKind('image.toolkit.fluxcd.io', 'v1', 'ImageUpdateAutomation', 'imageupdateautomations'),
];

/** Every CRD of Flux: the released ones where their module can be had, ours without a schema for the rest. */
export async function fluxCrds(): Promise<Manifest[]> {
  const released = await cachedJson('flux-crds.json', FLUX_MODULES.join(), readReleasedCrds);
  return [...released, ...OTHER_FLUX_KINDS.map(permissiveCrd)];
}

/** A CRD that accepts any spec and status of the kind and serves `/status`. */
export function permissiveCrd({ group, version, kind, plural, namespaced }: PermissiveKind): Manifest {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // The API server keeps groups of Kubernetes itself for CRDs that say who approved them.
      ...(group.endsWith('.k8s.io') && {
        annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
      }),
    },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { ...anything, properties: { spec: anything, status: anything } } },
        },
      ],
    },
  };
}

function fluxKind(group: string, version: string, kind: string, plural: string): PermissiveKind {
  return { group, version, kind, plural, namespaced: true };
}

async function readReleasedCrds(): Promise<Manifest[]> {
  const folders = await Promise.all(FLUX_MODULES.map(moduleFolder));
  return (await Promise.all(folders.map((folder) => readCrds(join(folder, 'config/crd/bases'))))).flat();
}

async function readCrds(folder: string): Promise<Manifest[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).toSorted();
  return Promise.all(
    files.map(async (file) => parse(await readFile(join(folder, file), 'utf8')) as Manifest),
  );
}
