import type { KubernetesUpgrade, Plan, TalosUpgrade, UpgradeSubject } from '#domain/objects/upgrade.ts';

import { at, count, keys, items, number, string, strings, time } from '../raw.ts';
import { labelSelector } from './label-selector.ts';
import { type Context, projectObject } from './meta.ts';

/** A Plan; its environment, Secrets, volumes and arguments are not read, but for the words that name versions. */
export function projectPlan(raw: unknown, context: Context): Plan {
  return {
    ...projectObject(raw, context),
    kind: 'Plan',
    subject: subjectOf(raw),
    version: string(raw, 'spec', 'version'),
    channel: context.text(string(raw, 'spec', 'channel')),
    latestVersion: string(raw, 'status', 'latestVersion'),
    latestHash: string(raw, 'status', 'latestHash'),
    applying: strings(raw, 'status', 'applying'),
    nodeSelector: labelSelector(raw, 'spec', 'nodeSelector'),
    hasWindow: keys(raw, 'spec', 'window').length > 0,
    opens: opensAt(raw),
    jobDeadline: number(raw, 'spec', 'jobActiveDeadlineSecs'),
    installer: installerOf(raw),
  };
}

const DAYS = ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'];

/** The start of `spec.window` (system-upgrade-controller api upgrade.cattle.io/v1 TimeWindowSpec, of kubereboot/kured). */
function opensAt(raw: unknown): Plan['opens'] {
  if (keys(raw, 'spec', 'window').length === 0) return undefined;
  const start = /^(\d{1,2})(?::(\d\d))?(?::\d\d)?\s*([ap]m)?$/i.exec(
    string(raw, 'spec', 'window', 'startTime') ?? '00:00',
  );
  if (start === null) return undefined;
  const [, hour, minute = '0', half] = start;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  const named = strings(raw, 'spec', 'window', 'days').map((day) =>
    /^[0-6]$/.test(day) ? Number(day) : DAYS.indexOf(day.slice(0, 2).toLowerCase()),
  );
  const days = named.length === 0 ? '*' : named.filter((day) => day >= 0).join();
  const schedule = `${Number(minute)} ${hours} * * ${days}`;
  return { schedule, timeZone: string(raw, 'spec', 'window', 'timeZone') };
}

/** How a Plan tells what it upgrades: a word of its command first, then its image, then its name. */
const SUBJECTS: readonly { subject: UpgradeSubject; word: RegExp; image: RegExp; name: RegExp }[] = [
  {
    subject: 'kubernetes',
    word: /^upgrade-k8s$/,
    image: /\/(?:k3s|rke2)-upgrade(?:[:@]|$)/,
    name: /kube|k8s|k3s|rke2/i,
  },
  { subject: 'talos', word: /^upgrade$/, image: /\/(?:talosctl|tuppr-talosctl)(?:[:@]|$)/, name: /talos/i },
];

function subjectOf(raw: unknown): UpgradeSubject | undefined {
  const words = wordsOf(raw);
  const image = string(raw, 'spec', 'upgrade', 'image') ?? '';
  const name = string(raw, 'metadata', 'name') ?? '';
  const found =
    SUBJECTS.find(({ word }) => words.some((one) => word.test(one))) ??
    SUBJECTS.find((one) => one.image.test(image)) ??
    SUBJECTS.find((one) => one.name.test(name));
  return found?.subject;
}

/** Words of the command; a shell script counts by its words. */
function wordsOf(raw: unknown): string[] {
  return ['command', 'args']
    .flatMap((list) => strings(raw, 'spec', 'upgrade', list))
    .flatMap((text) => text.split(/\s+/));
}

const IMAGE = /^[\w.-]+(?::\d+)?(?:\/[\w.-]+)+:[\w.-]+(?:@sha256:[0-9a-f]{64})?$/;

/** The value of `--image`, written with `=` or as the next word, if it is an image with a tag and nothing more. */
function installerOf(raw: unknown): string | undefined {
  const words = wordsOf(raw);
  const values = words.map((word, index) =>
    word === '--image' ? words[index + 1] : /^--image=(.+)$/.exec(word)?.[1],
  );
  return values.find((value) => value !== undefined && IMAGE.test(value));
}

/** A TalosUpgrade of tuppr. */
export function projectTalosUpgrade(raw: unknown, context: Context): TalosUpgrade {
  return {
    ...projectObject(raw, context),
    ...tupprFields(raw, context),
    kind: 'TalosUpgrade',
    version: string(raw, 'spec', 'talos', 'version'),
    nodeSelector: labelSelector(raw, 'spec', 'nodeSelector'),
    currentNodes: currentNodes(raw),
    completedNodes: strings(raw, 'status', 'completedNodes'),
    failedNodes: items(raw, 'status', 'failedNodes').map((entry) => ({
      node: string(entry, 'nodeName') ?? '',
      error: context.text(at(entry, 'lastError')),
    })),
    rebootingNodes: items(raw, 'status', 'rebootingNodes').map((entry) => ({
      node: string(entry, 'nodeName') ?? '',
      deadline: time(entry, 'deadline'),
    })),
    prePullError: context.text(at(raw, 'status', 'prePullFailure', 'lastError')),
  };
}

/** Older versions name only the first of a batch. */
function currentNodes(raw: unknown): string[] {
  const several = strings(raw, 'status', 'currentNodes');
  const one = string(raw, 'status', 'currentNode');
  return several.length === 0 && one !== undefined ? [one] : several;
}

/** The KubernetesUpgrade of tuppr. */
export function projectKubernetesUpgrade(raw: unknown, context: Context): KubernetesUpgrade {
  return {
    ...projectObject(raw, context),
    ...tupprFields(raw, context),
    kind: 'KubernetesUpgrade',
    version: string(raw, 'spec', 'kubernetes', 'version'),
    currentVersion: string(raw, 'status', 'currentVersion'),
    controllerNode: string(raw, 'status', 'controllerNode'),
    jobName: string(raw, 'status', 'jobName'),
    retries: count(raw, 'status', 'retries'),
    lastError: context.text(at(raw, 'status', 'lastError')),
  };
}

const SUSPEND = 'tuppr.home-operations.com/suspend';

/** The annotation suspends whatever its value, an empty one too (tuppr internal/controller, handleSuspendAnnotation). */
function tupprFields(raw: unknown, { text }: Context) {
  return {
    suspended: keys(raw, 'metadata', 'annotations').includes(SUSPEND),
    message: text(at(raw, 'status', 'message')),
    started: time(raw, 'status', 'startedAt'),
    completed: time(raw, 'status', 'completedAt'),
    updated: time(raw, 'status', 'lastUpdated'),
    nextWindow: time(raw, 'status', 'nextMaintenanceWindow'),
    completionCycles: count(raw, 'status', 'completionCycles'),
  };
}
