import { refOf } from '../objects/meta.ts';
import { byText } from '../text.ts';
import { selectedPods } from './endpoints.ts';
import type { World } from './world.ts';

/** Refs of the disruption budgets that allow nothing and have a pod on one of these nodes: they hold up its drain. */
export function budgetsOn(nodes: readonly string[], world: World): string[] {
  const wanted = new Set(nodes);
  return world.objects.PodDisruptionBudget.filter(
    ({ expectedPods, disruptionsAllowed }) => expectedPods > 0 && disruptionsAllowed === 0,
  )
    .filter(({ namespace, selector }) =>
      selectedPods(namespace, selector, world).some(({ node }) => node !== undefined && wanted.has(node)),
    )
    .map(refOf)
    .toSorted(byText);
}
