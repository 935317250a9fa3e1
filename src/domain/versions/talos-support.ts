import { minorStep, parseVersion, seriesOf, type Version } from './version.ts';

/** One minor of Talos: the Kubernetes minors it runs, and the oldest Talos minor it can be upgraded from. All are 1.x. */
interface TalosSeries {
  kubernetes: readonly [oldest: number, newest: number];
  from: number;
}

/** By Talos minor (siderolabs/talos pkg/machinery/compatibility, talos18 to talos115). */
const SERIES: Readonly<Record<number, TalosSeries>> = {
  8: { kubernetes: [26, 31], from: 5 },
  9: { kubernetes: [27, 32], from: 8 },
  10: { kubernetes: [28, 33], from: 8 },
  11: { kubernetes: [29, 34], from: 9 },
  12: { kubernetes: [30, 35], from: 10 },
  13: { kubernetes: [31, 36], from: 11 },
  14: { kubernetes: [32, 37], from: 12 },
  15: { kubernetes: [33, 38], from: 13 },
};

/** `yes`, `warn` (allowed, not advised), `no`, or `unknown`: a version outside the table; `why` unless yes. */
export interface Support {
  verdict: 'yes' | 'warn' | 'no' | 'unknown';
  why?: string;
}

const YES: Support = { verdict: 'yes' };

/** Whether a Talos runs a Kubernetes. */
export function supportsKubernetes(talos: string, kubernetes: string): Support {
  const os = parseVersion(talos);
  const api = parseVersion(kubernetes);
  const range = os && rangeOf(os);
  if (os === undefined || api === undefined || range === undefined)
    return unknown(`Talos ${talos} with Kubernetes ${kubernetes} is not in the table of supported versions`);
  const [oldest, newest] = range.kubernetes;
  if (api.major === 1 && api.minor >= oldest && api.minor <= newest) return YES;
  return { verdict: 'no', why: `Talos ${seriesOf(os)} supports Kubernetes 1.${oldest} to 1.${newest}` };
}

/**
 * Whether a Talos can be upgraded (or set back) to another: from its floor up, at most one minor at a time advised; down
 * to less than two minors.
 */
export function talosStep(from: string, to: string): Support {
  const start = parseVersion(from);
  const target = parseVersion(to);
  const series = target && rangeOf(target);
  if (start === undefined || target === undefined || series === undefined)
    return unknown(`Talos ${to} is not in the table of supported versions`);
  if (start.minor < series.from)
    return { verdict: 'no', why: `Talos ${seriesOf(target)} upgrades from 1.${series.from} or newer` };
  if (start.minor >= target.minor + 2)
    return { verdict: 'no', why: `Talos cannot be set back from ${seriesOf(start)} to ${seriesOf(target)}` };
  const step = minorStep(start, target) ?? 0;
  return step > 1 ? { verdict: 'warn', why: `${step} minors at once: one at a time is advised` } : YES;
}

/** Whether the control plane can go from one Kubernetes to another: one minor up at most (kubernetes version skew policy). */
export function kubernetesStep(from: string, to: string): Support {
  const start = parseVersion(from);
  const target = parseVersion(to);
  const step = start && target && minorStep(start, target);
  if (step === undefined) return unknown(`${from} to ${to} cannot be compared`);
  if (step > 1) return { verdict: 'no', why: `${step} minors at once: Kubernetes goes one at a time` };
  return step < 0 ? { verdict: 'no', why: 'Kubernetes cannot be set back a minor' } : YES;
}

function rangeOf({ major, minor }: Version): TalosSeries | undefined {
  return major === 1 ? SERIES[minor] : undefined;
}

function unknown(why: string): Support {
  return { verdict: 'unknown', why };
}
