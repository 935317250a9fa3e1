import { warning } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { BEHIND_WIKI, refusedApp, setOf, since, WIKI } from './workloads-parts.ts';

function refusal(name: string, message: string): Fault {
  return {
    name,
    objects: () => refusedApp(message),
    root: { ref: WIKI, reason: 'FailedCreate' },
    decoys: BEHIND_WIKI,
  };
}

/** Pods that the API server does not let in. */
export const REFUSAL_FAULTS: readonly Fault[] = [
  refusal(
    'the quota of a namespace is used up: no pod can be created',
    'pods "wiki-5d9c8b7f6-" is forbidden: exceeded quota: shop, requested: limits.memory=2Gi, used: limits.memory=7Gi, limited: limits.memory=8Gi',
  ),
  refusal(
    'the service account of a workload does not exist',
    'pods "wiki-5d9c8b7f6-" is forbidden: error looking up service account shop/wiki: serviceaccount "wiki" not found',
  ),
  refusal(
    'a namespace forbids privileged pods (Pod Security)',
    'pods "wiki-5d9c8b7f6-" is forbidden: violates PodSecurity "baseline:latest": privileged (container "main" must not set securityContext.privileged=true)',
  ),
  {
    name: 'a namespace forbids the host paths of a DaemonSet, which says nothing of it in its status',
    objects: () => {
      const objects = setOf(
        'DaemonSet',
        'agent',
        {
          desiredNumberScheduled: 3,
          currentNumberScheduled: 0,
          numberMisscheduled: 0,
          numberReady: 0,
          numberUnavailable: 3,
        },
        [],
      );
      const said =
        'Error creating: pods "agent-" is forbidden: violates PodSecurity "baseline:latest": hostPath volumes (volume "dev")';
      return [
        ...objects,
        ...objects.map((set) => warning(set, 'FailedCreate', said, { count: 17, since: since() })),
      ];
    },
    root: { ref: 'DaemonSet/shop/agent', reason: 'FailedCreate' },
  },
];
