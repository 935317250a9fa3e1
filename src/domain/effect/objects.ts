import type { DesiredObject, Rendering } from '../desired/desired.ts';
import { idIn, mapAt, refIn, textAt } from '../desired/manifest.ts';
import { byText } from '../text.ts';
import { type FieldDifference, differencesOf } from './differences.ts';

/** What happens to one object when a change is applied. `leaves`: Git no longer has it, and Flux does not remove it. */
export interface ObjectChange {
  does: 'creates' | 'changes' | 'prunes' | 'leaves';
  /** `Kind/namespace/name`. */
  ref: string;
  kind: string;
  /** The Kustomization that applies it, or did. */
  by: Rendering;
  before?: DesiredObject;
  after?: DesiredObject;
  /** Of an object that changes, in the order of paths. */
  fields: readonly FieldDifference[];
}

interface Applied {
  by: Rendering;
  object: DesiredObject;
}

/** Every object that two states of the repository differ in, in the order of refs; one that moves between Kustomizations stays. */
export function objectChanges(before: readonly Rendering[], after: readonly Rendering[]): ObjectChange[] {
  const [old, now] = [appliedIn(before), appliedIn(after)];
  const ids = [...new Set([...old.keys(), ...now.keys()])];
  return ids
    .flatMap((id) => changeOf(old.get(id), now.get(id)))
    .toSorted((a, b) => byText(a.ref, b.ref) || byText(a.by.ref, b.by.ref));
}

function appliedIn(renderings: readonly Rendering[]): Map<string, Applied> {
  const all = renderings.flatMap((by) => by.objects.map((object) => ({ by, object })));
  return new Map(all.map((applied) => [idIn(applied.object.object), applied]));
}

function changeOf(before: Applied | undefined, after: Applied | undefined): ObjectChange[] {
  const subject = after ?? before;
  if (subject === undefined) return [];
  const about = {
    ref: refIn(subject.object.object),
    kind: textAt(subject.object.object, 'kind'),
    by: subject.by,
    ...(before && { before: before.object }),
    ...(after && { after: after.object }),
  };
  if (before === undefined) return [{ ...about, does: 'creates', fields: [] }];
  if (after === undefined) return [{ ...about, does: isPruned(before) ? 'prunes' : 'leaves', fields: [] }];
  const fields = differencesOf(before.object.object, after.object.object);
  return fields.length === 0 ? [] : [{ ...about, does: 'changes', fields }];
}

/** Flux removes what it applied when spec.prune is on and the object does not say otherwise (kustomize-controller, prune). */
function isPruned({ by, object }: Applied): boolean {
  if (by.spec['prune'] !== true) return false;
  const metadata = mapAt(object.object, 'metadata');
  return ![mapAt(metadata, 'annotations'), mapAt(metadata, 'labels')].some(
    (marks) => textAt(marks, 'kustomize.toolkit.fluxcd.io/prune').toLowerCase() === 'disabled',
  );
}
