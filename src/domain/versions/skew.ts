import { compareVersions, minorStep, parseVersion, type Version } from './version.ts';

/** Parts of a control plane and of nodes whose versions are bound to the API servers'. */
export type Part = 'kubelet' | 'kube-proxy' | 'kube-controller-manager' | 'kube-scheduler';

/** How many minors a part may be behind the oldest API server; none may be ahead (kubernetes version skew policy). */
const BEHIND: Readonly<Record<Part, number>> = {
  kubelet: 3,
  'kube-proxy': 3,
  'kube-controller-manager': 1,
  'kube-scheduler': 1,
};

/** API servers of one cluster lie within so many minors. */
const APART = 1;

/** Why a part's version does not go with the API servers'; undefined when it does or when either is not known. */
export function skewOf(part: Part, version: string, apiServers: readonly string[]): string | undefined {
  const own = parseVersion(version);
  const oldest = oldestOf(apiServers);
  const step = own && oldest && minorStep(own, oldest);
  if (step === undefined) return undefined;
  const oldestName = nameOf(oldest);
  if (step < 0) return `${part} ${version} is newer than the API server ${oldestName}`;
  return step > BEHIND[part]
    ? `${part} ${version} is ${step} minors behind the API server ${oldestName}`
    : undefined;
}

/** Why the API servers' versions do not go together; undefined when they do. */
export function apiServerSkew(apiServers: readonly string[]): string | undefined {
  const sorted = parsed(apiServers);
  const [oldest] = sorted;
  const newest = sorted.at(-1);
  const step = oldest && newest && minorStep(oldest, newest);
  if (step === undefined || step <= APART) return undefined;
  return `API servers ${nameOf(oldest)} and ${nameOf(newest)} are ${step} minors apart`;
}

function oldestOf(versions: readonly string[]): Version | undefined {
  return parsed(versions)[0];
}

function parsed(versions: readonly string[]): Version[] {
  return versions.flatMap((text) => parseVersion(text) ?? []).toSorted(compareVersions);
}

function nameOf(version: Version | undefined): string {
  return version ? `v${version.major}.${version.minor}.${version.patch}${version.suffix}` : '?';
}
