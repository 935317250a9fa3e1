import type { DriftReader, DriftReport, ObjectDrift } from '#domain/drift/report.ts';
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
      const sees = ({ kind, namespace, name, by }: ObjectDrift): boolean =>
        sight.allows(kind, kind === 'Namespace' ? name : namespace) && seesApplier(by, sight);
      const objects = report.objects.filter((object) => note(object, sees(object), sight, touched));
      return {
        ...report,
        appliers: report.appliers.filter(({ ref }) => seesApplier(ref, sight)),
        objects: objects.map((object) => withoutHiddenFile(object, sight)),
      };
    },
  };
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

function withoutHiddenFile(object: ObjectDrift, { files }: Pick<Sight, 'files'>): ObjectDrift {
  const { place, ...rest } = object;
  if (place === undefined || (files.allows(place.file) && !isKeyPath(place.file))) return object;
  const fields = object.fields.map((field) => ({
    ...field,
    ...(field.git !== undefined && { git: '[not shown]' }),
  }));
  return { ...rest, fields };
}
