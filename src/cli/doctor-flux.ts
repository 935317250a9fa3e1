import { isFluxGroup } from '#domain/access.ts';
import type { ClusterReader } from '#domain/cluster.ts';
import { controllersAmong } from '#domain/flux/controllers.ts';
import type { Workload } from '#domain/objects/workload.ts';
import { byText, nameSome } from '#domain/text.ts';

import type { Verdict } from './verdict.ts';

/** Whether Flux is there, in which versions, and whether its controllers run. */
export async function checkFlux(cluster: ClusterReader, signal: AbortSignal): Promise<Verdict> {
  const { items, state, why } = await cluster.list('Deployment', signal);
  if (state === 'unknown') {
    return {
      check: 'Flux',
      verdict: 'warn',
      detail: `not known, Deployments cannot be read: ${why ?? state}`,
    };
  }
  const controllers = [...controllersAmong(items, true).byName.values()].flat();
  if (controllers.length === 0) return notFound(cluster, signal);
  const detail = `${versionOf(controllers)}${controllers.map(controllerText).toSorted(byText).join(', ')}`;
  const down = controllers.filter(({ available }) => available === 0);
  if (down.length === 0) return { check: 'Flux', verdict: 'ok', detail };
  const names = nameSome(down.map(({ name }) => name).toSorted(byText), 8);
  const remedy = `Not available: ${names}. What they own is not reconciled; health_summary says why.`;
  return { check: 'Flux', verdict: 'fail', detail, remedy };
}

async function notFound(cluster: ClusterReader, signal: AbortSignal): Promise<Verdict> {
  const { kinds } = await cluster.discover(signal);
  const served = kinds.filter(({ group }) => isFluxGroup(group)).length;
  const detail =
    served === 0
      ? 'not installed: the cluster serves no Flux kind'
      : `no controller found, though the cluster serves ${served} Flux kinds`;
  const remedy =
    'Without Flux reconciliation_status has nothing to judge. Controllers are known by their names (source-controller and so on) or their label app.kubernetes.io/component.';
  return { check: 'Flux', verdict: 'warn', detail, remedy };
}

/** Flux's own version, as its installation labels the controllers; several during an upgrade. */
function versionOf(controllers: readonly Workload[]): string {
  const labelled = controllers.flatMap(({ labels }) => labels['app.kubernetes.io/version'] ?? []);
  const versions = [...new Set(labelled)];
  return versions.length === 0 ? '' : `${versions.toSorted(byText).join(' and ')}: `;
}

function controllerText({ name, images, ready, desired }: Workload): string {
  const image = Object.values(images)[0] ?? '';
  const version = image.split('@')[0]?.split(':').at(-1) ?? 'unknown version';
  return `${name} ${version}${ready < desired || desired === 0 ? ` (${ready} of ${desired} ready)` : ''}`;
}
