import { isImmutable } from '../desired/immutable.ts';
import type { Json } from '../desired/engine.ts';
import { nameSome } from '../text.ts';
import type { ObjectChange } from './objects.ts';
import { unpinnedImage } from './pins.ts';

/** What a reviewer should not miss, or what must not be proposed at all. */
export interface Danger {
  /** A refusal says so to the caller, and nothing leaves. */
  grade: 'refuse' | 'warn';
  text: string;
}

interface DangerRule {
  grade: Danger['grade'];
  judge: (change: ObjectChange) => string | undefined;
}

/** Kinds whose removal takes with it what nobody can put back from Git. */
const PRECIOUS: ReadonlyMap<string, string> = new Map([
  ['PersistentVolumeClaim', 'its data may be gone with it'],
  ['Namespace', 'everything in it goes with it'],
  ['CustomResourceDefinition', 'every object of its kind goes with it'],
]);

const RULES: readonly DangerRule[] = [
  {
    grade: 'refuse',
    judge: ({ does, kind, ref }) => {
      const loss = PRECIOUS.get(kind);
      return does === 'prunes' && loss !== undefined ? `${ref} would be pruned: ${loss}` : undefined;
    },
  },
  {
    grade: 'warn',
    judge: ({ does, kind, ref }) =>
      does === 'prunes' && kind === 'HelmRelease'
        ? `${ref} would be pruned: its release is uninstalled`
        : undefined,
  },
  {
    grade: 'warn',
    judge: ({ does, ref }) =>
      does === 'leaves' ? `${ref} is no longer in Git, and Flux leaves it in the cluster` : undefined,
  },
  {
    grade: 'warn',
    judge: ({ ref, before, fields }) => {
      const fixed = before ? fields.filter(({ path }) => isImmutable(before.object, path)) : [];
      return fixed.length > 0
        ? `${ref} cannot be updated so: ${nameSome(
            fixed.map(({ path }) => path),
            3,
          )} is immutable`
        : undefined;
    },
  },
  {
    grade: 'warn',
    judge: (change) => flipOf(change, '.spec.suspend', 'is suspended by this', 'goes on by this'),
  },
  {
    grade: 'warn',
    judge: (change) => flipOf(change, '.spec.prune', 'starts to prune', 'stops to prune what leaves Git'),
  },
  {
    grade: 'warn',
    judge: ({ ref, fields }) =>
      fields.some(({ path, after }) => /[.\]]replicas$/.test(path) && after === 0)
        ? `${ref} is scaled to zero`
        : undefined,
  },
  {
    grade: 'warn',
    judge: (change) => {
      const unpinned = unpinnedImage(change);
      return unpinned && `${change.ref}: ${unpinned} has no digest, where its neighbours pin one`;
    },
  },
];

/** The dangers of a change, refusals first, in the order of rules and objects. */
export function dangersOf(changes: readonly ObjectChange[]): Danger[] {
  const found = RULES.flatMap(({ grade, judge }) =>
    changes.flatMap((change) => {
      const text = judge(change);
      return text === undefined ? [] : [{ grade, text }];
    }),
  );
  return [
    ...found.filter(({ grade }) => grade === 'refuse'),
    ...found.filter(({ grade }) => grade === 'warn'),
  ];
}

function flipOf({ ref, fields }: ObjectChange, path: string, on: string, off: string): string | undefined {
  const flip = fields.find((field) => field.path === path);
  if (flip === undefined || isOn(flip.before) === isOn(flip.after)) return undefined;
  return `${ref} ${isOn(flip.after) ? on : off}`;
}

function isOn(value: Json | undefined): boolean {
  return value === true;
}
