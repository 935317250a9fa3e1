import { type Alias, type Document, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';

import { ToolError } from '../../errors.ts';
import { closest } from '../closest.ts';
import { type Step, pathText } from './yaml-path.ts';

/** A node as parsed, which knows where it stands in the source; undefined and null for none. */
export type Placed = Node | null | undefined;

/** What a value hangs on. */
export type Holder =
  | { in: 'map'; map: YAMLMap; pair: Pair; index: number }
  | { in: 'seq'; seq: YAMLSeq; index: number };

/**
 * A place in a document: what it hangs on, or nothing when it could be made as a new key or last item. `parent` is the
 * collection it is in, null or empty at times; the root has no `parentHolder`. `path` leads to it in the parsed value.
 */
export interface Place {
  holder: Holder | undefined;
  parent: Placed;
  parentHolder: Holder | undefined;
  path: (string | number)[];
}

interface Walk {
  document: Document.Parsed;
  /** The steps up to the one that is taken. */
  walked: readonly Step[];
}

/** Walks a document. Throws `invalid_input` when a step leads nowhere, fits several, or passes an alias or a merge. */
export function locate(document: Document.Parsed, steps: readonly Step[]): Place {
  let node: Placed = document.contents;
  let parent: Placed;
  let parentHolder: Holder | undefined;
  let holder: Holder | undefined;
  const path: (string | number)[] = [];
  for (const [at, step] of steps.entries()) {
    const walk = { document, walked: steps.slice(0, at + 1) };
    assertUnshared(node, walk);
    const next = stepInto(node, step, walk);
    if (next === undefined) {
      if (at < steps.length - 1) throw missing(node, walk);
      return { holder: undefined, parent: node, parentHolder: holder, path: [...path, newPlace(node, step)] };
    }
    [parent, parentHolder, holder] = [node, holder, next];
    node = valueIn(next);
    path.push(next.in === 'map' ? keyText(next.pair) : next.index);
  }
  assertUnshared(node, { document, walked: [...steps, { append: true }] });
  return { holder, parent, parentHolder, path };
}

/** The value that hangs on a holder. */
export function valueIn(holder: Holder): Placed {
  return (holder.in === 'map' ? holder.pair.value : holder.seq.items[holder.index]) as Placed;
}

/** The key of a pair as the parsed value has it; merge keys are `<<`. */
export function keyText({ key }: Pair): string {
  if (!isScalar(key)) return '';
  return typeof key.value === 'symbol' ? '<<' : String(key.value);
}

function stepInto(node: Placed, step: Step, walk: Walk): Holder | undefined {
  if (isAlias(node)) throw throughAlias(node, walk);
  if (isMap(node)) return intoMap(node, step, walk);
  if (isSeq(node)) return intoSeq(node, step, walk);
  if (!node || (isScalar(node) && node.value === null)) return undefined;
  throw new ToolError(
    'invalid_input',
    `${parentText(walk)} is a plain value, nothing lies below it`,
    'Read the file again and name a place that exists.',
  );
}

function intoMap(map: YAMLMap, step: Step, walk: Walk): Holder | undefined {
  const key = keyOf(step);
  if (key === undefined)
    throw new ToolError('invalid_input', `${parentText(walk)} is a map, not a list`, keysHint(map));
  const index = map.items.findIndex((pair) => keyText(pair) === key);
  const pair = map.items[index];
  if (pair) return { in: 'map', map, pair, index };
  const anchor = mergedFrom(map, key, walk.document);
  if (anchor === undefined) return undefined;
  throw new ToolError(
    'invalid_input',
    `${pathText(walk.walked)} comes from the anchor &${anchor} through a merge (<<)`,
    `Change it where &${anchor} is defined, or write the key here with a replace edit.`,
  );
}

function keyOf(step: Step): string | undefined {
  if ('key' in step) return step.key;
  return 'index' in step ? String(step.index) : undefined;
}

/** The anchor from which a map gets a key that is not its own. */
function mergedFrom(map: YAMLMap, key: string, document: Document.Parsed): string | undefined {
  const aliases = map.items
    .filter((pair) => keyText(pair) === '<<')
    .flatMap(({ value }) => (isSeq(value) ? value.items : [value]))
    .filter((source) => isAlias(source));
  return aliases.find((alias) => holdsKey(alias, key, document))?.source;
}

function holdsKey(alias: Alias, key: string, document: Document.Parsed): boolean {
  const target = alias.resolve(document);
  if (!isMap(target)) return false;
  return (
    target.items.some((pair) => keyText(pair) === key) || mergedFrom(target, key, document) !== undefined
  );
}

function intoSeq(seq: YAMLSeq, step: Step, walk: Walk): Holder | undefined {
  if ('append' in step) return undefined;
  const matching = seq.items.flatMap((item, index) => (fits(item as Placed, step, index) ? [index] : []));
  const [index, ...others] = matching;
  if (index === undefined) throw missing(seq, walk);
  if (others.length === 0) return { in: 'seq', seq, index };
  throw new ToolError(
    'invalid_input',
    `${pathText(walk.walked)} fits ${matching.length} items`,
    `Name one by its index: ${matching
      .slice(0, 8)
      .map((number) => `[${number}]`)
      .join(', ')}.`,
  );
}

function fits(item: Placed, step: Step, index: number): boolean {
  if ('index' in step) return step.index === index;
  if ('key' in step) return step.key === String(index);
  if ('item' in step) return isScalar(item) && String(item.value) === step.item;
  if (!('where' in step) || !isMap(item)) return false;
  return Object.entries(step.where).every(([key, value]) => {
    const held = item.items.find((pair) => keyText(pair) === key)?.value;
    return isScalar(held) && String(held.value) === value;
  });
}

function newPlace(node: Placed, step: Step): string | number {
  if ('append' in step) return isSeq(node) ? node.items.length : 0;
  return keyOf(step) ?? 0;
}

/** What an alias also shows cannot be changed in one place only. */
function assertUnshared(node: Placed, { document, walked }: Walk): void {
  if (!node || isAlias(node) || node.anchor === undefined) return;
  let uses = 0;
  visit(document, {
    Alias(_, alias) {
      if (alias.source === node.anchor && alias.resolve(document) === node) uses += 1;
    },
  });
  if (uses === 0) return;
  throw new ToolError(
    'invalid_input',
    `${parentText({ document, walked }) || 'the document'} carries the anchor &${node.anchor}, which ${uses} alias${uses > 1 ? 'es use' : ' uses'}: they would change too`,
    'If all of them shall change, replace the exact text at the anchor.',
  );
}

function throughAlias(alias: Alias, walk: Walk): ToolError {
  return new ToolError(
    'invalid_input',
    `${parentText(walk)} is the alias *${alias.source}`,
    `Change it where the anchor &${alias.source} is defined, or replace the exact text of the alias.`,
  );
}

function missing(node: Placed, walk: Walk): ToolError {
  const hint = isMap(node)
    ? keysHint(node, walk.walked.at(-1))
    : 'Read the file again and name a place that exists.';
  return new ToolError(
    'invalid_input',
    `${pathText(walk.walked)} does not exist`,
    `${hint} Only the last step of a path can be new: set its parent to a whole value instead.`,
  );
}

function keysHint(map: YAMLMap, step?: Step): string {
  const keys = map.items.map(keyText);
  const meant = step && 'key' in step ? closest(step.key.slice(0, 80), keys) : undefined;
  return meant === undefined
    ? `Its keys are ${keys.slice(0, 12).join(', ').slice(0, 300)}.`
    : `Did you mean ${JSON.stringify(meant)}?`;
}

function parentText({ walked }: Walk): string {
  return pathText(walked.slice(0, -1)) || 'the document';
}
