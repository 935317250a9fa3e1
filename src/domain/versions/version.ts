/** A version as Talos and Kubernetes write it; `suffix` is a pre-release or build mark with its leading sign. */
export interface Version {
  major: number;
  minor: number;
  patch: number;
  suffix: string;
}

const FORM = /^v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})((?:[-+][\w.+-]+)?)$/;

/** A version such as `v1.13.9`, with or without the `v`; undefined for anything else. */
export function parseVersion(text: string | undefined): Version | undefined {
  const [, major, minor, patch, suffix = ''] = FORM.exec(text ?? '') ?? [];
  if (major === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), suffix };
}

/** The version in a node's `osImage`, `Talos (v1.13.9)`; undefined for another system (siderolabs/talos pkg/machinery). */
export function talosVersionOf(osImage: string): string | undefined {
  return osImage.startsWith('Talos') ? /v\d+\.\d+\.\d+[^\s)]*/.exec(osImage)?.[0] : undefined;
}

/** Below 0 when `a` is older than `b`, above when newer; a pre-release is older than its release (semver.org, 11). */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || preRelease(a) - preRelease(b);
}

function preRelease({ suffix }: Version): number {
  return suffix.startsWith('-') && !BUILD.test(suffix) ? -1 : 0;
}

/** A distribution's build, written with `-` where a label or an image tag cannot hold the `+`. */
const BUILD = /^-(?:k3s|rke2r?)\d*/;

/** Whether two texts name one version; a `+` written as `-` is the same (system-upgrade-controller plan.MungeVersion). */
export function isSameVersion(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && plain(a) === plain(b);
}

function plain(text: string): string {
  return text.replace(/^v/, '').replaceAll('+', '-');
}

/** Minors from `from` up to `to`, negative for a step down; undefined across majors. */
export function minorStep(from: Version, to: Version): number | undefined {
  return from.major === to.major ? to.minor - from.minor : undefined;
}

/** `1.13`, without the patch. */
export function seriesOf({ major, minor }: Version): string {
  return `${major}.${minor}`;
}
