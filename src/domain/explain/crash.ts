import type { World } from '../health/world.ts';
import type { Pod } from '../objects/workload.ts';

/** The container whose last words matter. */
export interface Crash {
  namespace: string;
  pod: string;
  container: string;
  previous: boolean;
}

/** The first container of the refs that crashed or ended in error: of a pod, or of a workload's pods. */
export function crashAmong(refs: readonly string[], world: World): Crash | undefined {
  for (const ref of refs) {
    const object = world.byRef.get(ref);
    const pods = object?.kind === 'Pod' ? [object as Pod] : (world.podsByOwner.get(ref) ?? []);
    for (const pod of pods) {
      const container = pod.containers.find(
        ({ last, terminated }) => (last?.exitCode ?? 0) !== 0 || (terminated?.exitCode ?? 0) !== 0,
      );
      if (container)
        return {
          namespace: pod.namespace ?? '',
          pod: pod.name,
          container: container.name,
          previous: (container.last?.exitCode ?? 0) !== 0,
        };
    }
  }
  return undefined;
}
