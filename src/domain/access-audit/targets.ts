import { matchesGlob } from '../glob.ts';
import { type ObjectRef, refOf } from '../objects/meta.ts';
import type { Service } from '../objects/network.ts';
import type { Pod, Workload } from '../objects/workload.ts';
import { byText } from '../text.ts';
import type { AccessObjects } from './observed.ts';

/** What is looked at where nothing else is configured: patterns of names. */
export const DEFAULT_TARGETS: readonly string[] = ['*mcp*', '*code-server*', '*daytwo*'];

/** Something that should not be open to everybody: a workload, or a pod that stands alone. */
export interface Target {
  ref: string;
  namespace: string;
  /** Labels of its pods, as they are, or as its template has them. */
  labels: Readonly<Record<string, string>>;
  pods: readonly Pod[];
  /** Services that select its pods. */
  services: readonly Service[];
  /** The accounts its pods run as. */
  accounts: readonly ObjectRef[];
}

const NAME_LABELS = ['app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app'];

/** The workloads and single pods whose name, name label or image fits a pattern, in order. */
export function targetsIn(objects: AccessObjects, patterns: readonly string[]): Target[] {
  const fits = (names: readonly string[]): boolean =>
    names.some((name) => patterns.some((pattern) => matchesGlob(pattern, name.toLowerCase())));
  const workloads = [...objects.Deployment, ...objects.StatefulSet, ...objects.DaemonSet]
    .filter((one) =>
      fits([one.name, ...labelled(one.podLabels), ...Object.values(one.images).map(imageName)]),
    )
    .map((workload) => ofWorkload(workload, objects));
  const claimed = new Set(workloads.flatMap(({ pods }) => pods));
  const single = objects.Pod.filter((pod) => isSingle(pod) && !claimed.has(pod))
    .filter((pod) =>
      fits([pod.name, ...labelled(pod.labels), ...pod.containers.map(({ image }) => imageName(image))]),
    )
    .map((pod) => ofPod(pod, objects));
  return [...workloads, ...single].toSorted((a, b) => byText(a.ref, b.ref));
}

function labelled(labels: Readonly<Record<string, string>>): string[] {
  return NAME_LABELS.flatMap((key) => labels[key] ?? []);
}

/** `code-server` of `ghcr.io/linuxserver/code-server:4.1@sha256:…`. */
function imageName(image: string): string {
  return (image.split('@')[0] ?? '').split('/').at(-1)?.split(':')[0] ?? '';
}

/** Pods of Jobs come and go; their owners are no servers. */
function isSingle({ owner, phase }: Pod): boolean {
  return (owner === undefined || owner.kind === 'Node') && phase !== 'Succeeded' && phase !== 'Failed';
}

function ofPod(pod: Pod, objects: AccessObjects): Target {
  const { namespace = '', labels } = pod;
  return targetOf({ ref: refOf(pod), namespace, labels, pods: [pod] }, [pod], objects);
}

function ofWorkload(workload: Workload, objects: AccessObjects): Target {
  const { namespace = '', selector, podLabels } = workload;
  const pods = objects.Pod.filter(
    (pod) => pod.namespace === namespace && Object.keys(selector).length > 0 && carries(pod.labels, selector),
  );
  const labels = pods[0]?.labels ?? podLabels;
  return targetOf({ ref: refOf(workload), namespace, labels, pods }, [workload, ...pods], objects);
}

function targetOf(
  target: Pick<Target, 'ref' | 'namespace' | 'labels' | 'pods'>,
  running: readonly { serviceAccount?: string }[],
  objects: AccessObjects,
): Target {
  const { namespace, labels } = target;
  const names = [...new Set(running.map(({ serviceAccount = 'default' }) => serviceAccount))].toSorted(
    byText,
  );
  return {
    ...target,
    services: objects.Service.filter(
      (service) =>
        service.namespace === namespace &&
        Object.keys(service.selector).length > 0 &&
        carries(labels, service.selector),
    ),
    accounts: names.map((name) => ({ kind: 'ServiceAccount', namespace, name })),
  };
}

function carries(labels: Target['labels'], selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
