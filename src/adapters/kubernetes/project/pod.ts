import { isRecord } from '#domain/record.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';
import type { Container, Pod, PodReach, Termination } from '#domain/objects/workload.ts';

import { at, boolean, count, isTrue, items, keys, number, string, strings, time } from '../raw.ts';
import { causeIn } from './command-output.ts';
import { type Context, type Text, projectObject } from './meta.ts';

/** A Pod: no environment, arguments, command or mounted content, only the names of what it refers to. */
export function projectPod(raw: unknown, context: Context): Pod {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'Pod',
    phase: object.phase ?? 'Unknown',
    reason: string(raw, 'status', 'reason'),
    message: context.text(string(raw, 'status', 'message')),
    node: string(raw, 'spec', 'nodeName'),
    started: time(raw, 'status', 'startTime'),
    restartPolicy: string(raw, 'spec', 'restartPolicy') ?? 'Always',
    priorityClass: string(raw, 'spec', 'priorityClassName'),
    containers: containersOf(raw, context.text),
    claims: items(raw, 'spec', 'volumes').flatMap((volume) => claimOf(volume, object.name) ?? []),
    configRefs: configRefsOf(raw, object.namespace),
    schedulingGates: namesIn(raw, 'spec', 'schedulingGates'),
    readinessGates: items(raw, 'spec', 'readinessGates').flatMap(
      (gate) => string(gate, 'conditionType') ?? [],
    ),
    serviceAccount: string(raw, 'spec', 'serviceAccountName'),
    hostNetwork: isTrue(raw, 'spec', 'hostNetwork'),
    reach: reachOf(raw),
  };
}

/** Absent for most pods, so that ten thousand of them carry nothing. */
function reachOf(raw: unknown): PodReach | undefined {
  const containers = CONTAINER_LISTS.flatMap(({ spec }) => items(raw, 'spec', spec));
  const reach: PodReach = {
    privileged: containers.some((one) => isTrue(one, 'securityContext', 'privileged')),
    hostPid: isTrue(raw, 'spec', 'hostPID'),
    hostPaths: items(raw, 'spec', 'volumes').flatMap((volume) => string(volume, 'hostPath', 'path') ?? []),
    hostPorts: containers.flatMap((one) =>
      items(one, 'ports').flatMap((port) => number(port, 'hostPort') ?? []),
    ),
    capabilities: containers.flatMap((one) => strings(one, 'securityContext', 'capabilities', 'add')),
  };
  const { privileged, hostPid, ...lists } = reach;
  const any = privileged || hostPid || Object.values(lists).some((list) => list.length > 0);
  return any ? reach : undefined;
}

function namesIn(raw: unknown, ...path: readonly string[]): string[] {
  return items(raw, ...path).flatMap((item) => string(item, 'name') ?? []);
}

/** Where each sort of container has its spec and its status. */
const CONTAINER_LISTS = [
  { spec: 'initContainers', status: 'initContainerStatuses', role: 'init' },
  { spec: 'containers', status: 'containerStatuses', role: 'main' },
  { spec: 'ephemeralContainers', status: 'ephemeralContainerStatuses', role: 'ephemeral' },
] as const;

function containersOf(raw: unknown, text: Text): Container[] {
  return CONTAINER_LISTS.flatMap(({ spec, status, role }) => {
    const statuses = new Map(items(raw, 'status', status).map((entry) => [string(entry, 'name'), entry]));
    return items(raw, 'spec', spec).map((container) => {
      const sidecar = role === 'init' && string(container, 'restartPolicy') === 'Always';
      return projectContainer(
        container,
        statuses.get(string(container, 'name')),
        sidecar ? 'sidecar' : role,
        text,
      );
    });
  });
}

function projectContainer(spec: unknown, status: unknown, role: Container['role'], text: Text): Container {
  const waiting = at(status, 'state', 'waiting');
  const endText = ends(spec, text);
  return {
    name: string(spec, 'name') ?? '',
    role,
    image: string(spec, 'image') ?? '',
    ready: isTrue(status, 'ready'),
    started: boolean(status, 'started'),
    restarts: count(status, 'restartCount'),
    waiting: isRecord(waiting)
      ? { reason: string(waiting, 'reason'), message: text(string(waiting, 'message')) }
      : undefined,
    running: time(status, 'state', 'running', 'startedAt'),
    terminated: terminationOf(at(status, 'state', 'terminated'), endText),
    last: terminationOf(at(status, 'lastState', 'terminated'), endText),
    memoryLimit: string(spec, 'resources', 'limits', 'memory'),
    ports: items(spec, 'ports').map((port) => ({
      name: string(port, 'name'),
      port: count(port, 'containerPort'),
      protocol: string(port, 'protocol') ?? 'TCP',
    })),
  };
}

/** Under this policy the kubelet takes the end of the log for the message (core/v1 TerminationMessagePolicy). */
function ends(spec: unknown, text: Text): Text {
  return string(spec, 'terminationMessagePolicy') === 'FallbackToLogsOnError' ? causeIn : text;
}

function terminationOf(raw: unknown, text: Text): Termination | undefined {
  if (!isRecord(raw)) return undefined;
  return {
    reason: string(raw, 'reason'),
    exitCode: count(raw, 'exitCode'),
    signal: number(raw, 'signal'),
    started: time(raw, 'startedAt'),
    finished: time(raw, 'finishedAt'),
    message: text(string(raw, 'message')),
  };
}

/** A generic ephemeral volume has a claim named after the pod and itself. */
function claimOf(volume: unknown, pod: string): string | undefined {
  const ephemeral =
    keys(volume, 'ephemeral').length > 0 ? `${pod}-${string(volume, 'name') ?? ''}` : undefined;
  return string(volume, 'persistentVolumeClaim', 'claimName') ?? ephemeral;
}

/** ConfigMaps and Secrets that the pod cannot start without. */
function configRefsOf(raw: unknown, namespace: string | undefined): ObjectRef[] {
  const volumes = items(raw, 'spec', 'volumes');
  const containers = CONTAINER_LISTS.flatMap(({ spec }) => items(raw, 'spec', spec));
  const found = [
    ...volumes.flatMap(volumeRefs),
    ...volumes.flatMap((volume) => items(volume, 'projected', 'sources').flatMap(sourceRefs)),
    ...containers.flatMap((container) => items(container, 'envFrom').flatMap(envFromRefs)),
    ...containers.flatMap((container) => items(container, 'env').flatMap(envRefs)),
  ];
  const distinct = new Map(found.map(({ kind, name }) => [`${kind}/${name}`, { kind, name, namespace }]));
  return [...distinct.values()];
}

interface Named {
  kind: 'ConfigMap' | 'Secret';
  name: string;
}

function volumeRefs(volume: unknown): Named[] {
  return [
    ...required('ConfigMap', at(volume, 'configMap'), 'name'),
    ...required('Secret', at(volume, 'secret'), 'secretName'),
  ];
}

function sourceRefs(source: unknown): Named[] {
  return [...required('ConfigMap', at(source, 'configMap')), ...required('Secret', at(source, 'secret'))];
}

function envFromRefs(source: unknown): Named[] {
  return [
    ...required('ConfigMap', at(source, 'configMapRef')),
    ...required('Secret', at(source, 'secretRef')),
  ];
}

function envRefs(variable: unknown): Named[] {
  return [
    ...required('ConfigMap', at(variable, 'valueFrom', 'configMapKeyRef')),
    ...required('Secret', at(variable, 'valueFrom', 'secretKeyRef')),
  ];
}

function required(kind: Named['kind'], raw: unknown, key = 'name'): Named[] {
  const name = string(raw, key);
  return name === undefined || isTrue(raw, 'optional') ? [] : [{ kind, name }];
}
