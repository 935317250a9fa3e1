import type { Json, JsonObject } from '../desired/engine.ts';
import { isList, isObject } from '../desired/manifest.ts';
import type { ObjectChange } from './objects.ts';

const DIGEST = /@sha256:[0-9a-f]{64}$/;
/** A leaf that names an image or its tag: `image: a/b:1` of a container, `tag: 1` of Helm values. */
const IMAGE_LEAF = /[.\]](?:image|tag|newTag)$/;

/**
 * The image or tag that a change sets without a digest although it had one before, or although every other image of what the
 * same Kustomization applies has one; undefined for none.
 */
export function unpinnedImage(change: ObjectChange): string | undefined {
  const { after, by } = change;
  if (after === undefined) return undefined;
  const set = imagesOf(change).find(({ value }) => !DIGEST.test(value));
  if (set === undefined) return undefined;
  const others = by.objects.flatMap(({ object }) => (object === after.object ? [] : leaves(object)));
  const own = leaves(after.object).filter(({ path }) => path !== set.path);
  const neighbours = [...others, ...own];
  const arePinned = neighbours.length > 0 && neighbours.every(({ value }) => DIGEST.test(value));
  return set.wasPinned || arePinned ? set.value : undefined;
}

interface Leaf {
  path: string;
  value: string;
  wasPinned?: boolean;
}

function imagesOf({ does, after, fields }: ObjectChange): Leaf[] {
  if (does === 'creates' && after) return leaves(after.object);
  return fields.flatMap(({ path, before, after: value }) =>
    IMAGE_LEAF.test(path) && typeof value === 'string' && value !== ''
      ? [{ path, value, wasPinned: typeof before === 'string' && DIGEST.test(before) }]
      : [],
  );
}

function leaves(object: JsonObject): Leaf[] {
  return leavesAt('', object);
}

function leavesAt(path: string, value: Json | undefined): Leaf[] {
  if (typeof value === 'string') return IMAGE_LEAF.test(path) && value !== '' ? [{ path, value }] : [];
  if (isList(value)) return value.flatMap((item, at) => leavesAt(`${path}[${at}]`, item));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => leavesAt(`${path}.${key}`, inner));
}
