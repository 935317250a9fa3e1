import type { Pod } from '../objects/workload.ts';

/** Capabilities that are as good as the node itself, or its network. */
const STRONG: ReadonlySet<string> = new Set([
  'SYS_ADMIN',
  'NET_ADMIN',
  'SYS_PTRACE',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_BOOT',
  'DAC_READ_SEARCH',
  'ALL',
  'BPF',
]);

/** How a pod reaches past its own bounds, in words; nothing for most. */
export function breachesOf({ hostNetwork, reach }: Pod): string[] {
  const strong = (reach?.capabilities ?? [])
    .map((name) => name.replace(/^CAP_/, ''))
    .filter((name) => STRONG.has(name));
  return [
    ...(reach?.privileged ? ['privileged'] : []),
    ...(hostNetwork ? ['hostNetwork'] : []),
    ...(reach?.hostPid ? ['hostPID'] : []),
    ...(reach?.hostPaths ?? []).map((path) => `hostPath ${path}`),
    ...strong,
  ];
}

/** Whether a pod that still runs does so; ports of the node alone are told as ways to it. */
export function isBreaching(pod: Pod): boolean {
  return pod.phase !== 'Succeeded' && pod.phase !== 'Failed' && breachesOf(pod).length > 0;
}
