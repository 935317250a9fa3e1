import type { ClusterObject } from '#domain/objects/meta.ts';

import { keyOf } from './follow.ts';

/** All objects of one kind, by namespace and name. */
export class Copy<T extends ClusterObject> {
  #objects = new Map<string, T>();
  #items: readonly T[] | undefined;

  /** One and the same list until something changes, so that what is worked out from it can be kept as long. */
  get items(): readonly T[] {
    return (this.#items ??= [...this.#objects.values()]);
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(keyOf({ namespace, name }));
  }

  replace(objects: readonly T[]): void {
    this.#items = undefined;
    this.#objects = new Map(objects.map((object) => [keyOf(object), object]));
  }

  take(object: T, deleted: boolean): void {
    this.#items = undefined;
    if (deleted) this.#objects.delete(keyOf(object));
    else this.#objects.set(keyOf(object), object);
  }

  clear(): void {
    this.replace([]);
  }
}
