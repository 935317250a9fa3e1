import type { ApplierDrift, DriftReader, DriftReport, ObjectDrift } from '#domain/drift/report.ts';
import { isKeyPath } from '#domain/repository/key-material.ts';

import type { Sight } from './sight.ts';
import { type Touched, noteHidden, noteSeen } from './touched.ts';

/**
 * Comparisons as the policy lets one caller see them: an object counts when its kind and namespace may be seen, and the
 * Kustomization or release that applies it; where its file may not be, neither that nor a value of Git is told.
 */
export function seenDrift(
  open: () => Promise<DriftReader>,
  sight: Pick<Sight, 'allows' | 'reaches' | 'files'>,
  touched: Touched,
): DriftReader {
  return {
    async compare(question, signal): Promise<DriftReport> {
      const report = await (await open()).compare(question, signal);
      const objects = report.objects.filter((object) =>
        note(object, seesObject(object, sight), sight, touched),
      );
      const kustomizations = new Map(report.appliers.map(({ ref, files }) => [ref, files[0] ?? '']));
      return {
        ...report,
        appliers: report.appliers
          .filter(({ ref }) => seesApplier(ref, sight))
          .map((applier) => withoutHiddenReason(applier, sight)),
        objects: objects.map((object) => withoutHiddenFile(object, kustomizations, sight)),
      };
    },
  };
}

function seesObject({ kind, namespace, name, by }: ObjectDrift, sight: Pick<Sight, 'allows'>): boolean {
  return sight.allows(kind, kind === 'Namespace' ? name : namespace) && seesApplier(by, sight);
}

function seesApplier(ref: string, { allows }: Pick<Sight, 'allows'>): boolean {
  const [kind = '', namespace] = ref.split('/');
  return allows(kind, namespace);
}

function note(
  { kind, namespace, name }: ObjectDrift,
  isSeen: boolean,
  sight: Pick<Sight, 'reaches'>,
  touched: Touched,
): boolean {
  const home = kind === 'Namespace' ? name : namespace;
  if (isSeen) noteSeen(touched, kind, home);
  else {
    noteHidden(touched, kind);
    if (home !== undefined && !sight.reaches(home)) touched.hiddenNamespaces.add(home);
  }
  return isSeen;
}

function withoutHiddenReason(applier: ApplierDrift, sight: Pick<Sight, 'files'>): ApplierDrift {
  const { place, reason, files, ...rest } = applier;
  const quotes = files.every((file) => isShown(file, sight));
  return {
    ...rest,
    files,
    ...(place && isShown(place.file, sight) && { place }),
    ...(reason !== undefined && quotes && { reason }),
  };
}

function isShown(file: string, { files }: Pick<Sight, 'files'>): boolean {
  return files.allows(file) && !isKeyPath(file);
}

/** An object whose file is not known stands for what its Kustomization's own file does; a release's says nothing of Git. */
function withoutHiddenFile(
  object: ObjectDrift,
  kustomizations: ReadonlyMap<string, string>,
  sight: Pick<Sight, 'files'>,
): ObjectDrift {
  const { place, ...rest } = object;
  const file = place?.file ?? kustomizations.get(object.by);
  if (file === undefined || isShown(file, sight)) return object;
  const fields = object.fields.map((field) => ({
    ...field,
    ...(field.git !== undefined && { git: '[not shown]' }),
  }));
  return { ...rest, fields };
}
