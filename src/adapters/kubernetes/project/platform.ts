import type { ObjectRef } from '#domain/objects/meta.ts';
import type {
  ApiService,
  CustomResource,
  Event,
  Namespace,
  Node,
  WebhookConfiguration,
} from '#domain/objects/platform.ts';

import { at, isTrue, items, number, string, time } from '../raw.ts';
import { type Context, projectObject, refFrom } from './meta.ts';

/** A Node. */
export function projectNode(raw: unknown, context: Context): Node {
  const object = projectObject(raw, context);
  const roles = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
  return {
    ...object,
    kind: 'Node',
    unschedulable: isTrue(raw, 'spec', 'unschedulable'),
    controlPlane: roles.some((role) => role in object.labels),
    taints: items(raw, 'spec', 'taints').map((taint) => ({
      key: string(taint, 'key') ?? '',
      effect: string(taint, 'effect') ?? '',
      value: string(taint, 'value'),
      since: time(taint, 'timeAdded'),
    })),
    kubelet: string(raw, 'status', 'nodeInfo', 'kubeletVersion') ?? '',
    osImage: string(raw, 'status', 'nodeInfo', 'osImage') ?? '',
    kernel: string(raw, 'status', 'nodeInfo', 'kernelVersion') ?? '',
    architecture: string(raw, 'status', 'nodeInfo', 'architecture') ?? '',
    maxPods: wholeNumber(string(raw, 'status', 'allocatable', 'pods')),
  };
}

function wholeNumber(quantity: string | undefined): number | undefined {
  return quantity !== undefined && /^\d+$/.test(quantity) ? Number(quantity) : undefined;
}

/** A Namespace. */
export function projectNamespace(raw: unknown, context: Context): Namespace {
  const object = projectObject(raw, context);
  return { ...object, kind: 'Namespace', phase: object.phase ?? 'Active' };
}

/** A validating or mutating webhook configuration; a webhook reached by URL has no service. */
export function projectWebhooks(raw: unknown, context: Context): WebhookConfiguration {
  return {
    ...projectObject(raw, context),
    kind: context.kind.kind as WebhookConfiguration['kind'],
    webhooks: items(raw, 'webhooks').map((webhook) => ({
      name: string(webhook, 'name') ?? '',
      service: webhookService(at(webhook, 'clientConfig', 'service')),
      failurePolicy: string(webhook, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
      hasCa: string(webhook, 'clientConfig', 'caBundle') !== undefined,
    })),
  };
}

function webhookService(raw: unknown): (ObjectRef & { port: number }) | undefined {
  const service = refFrom(raw, { kind: 'Service' });
  return service && { ...service, group: '', port: number(raw, 'port') ?? 443 };
}

/** An APIService. */
export function projectApiService(raw: unknown, context: Context): ApiService {
  const service = refFrom(at(raw, 'spec', 'service'), { kind: 'Service' });
  return {
    ...projectObject(raw, context),
    kind: 'APIService',
    group: string(raw, 'spec', 'group') ?? '',
    version: string(raw, 'spec', 'version') ?? '',
    service: service && { ...service, group: '' },
  };
}

/** A CustomResourceDefinition; `versions` are the served ones. */
export function projectCustomResource(raw: unknown, context: Context): CustomResource {
  const served = items(raw, 'spec', 'versions').filter((version) => isTrue(version, 'served'));
  return {
    ...projectObject(raw, context),
    kind: 'CustomResourceDefinition',
    group: string(raw, 'spec', 'group') ?? '',
    defines: string(raw, 'spec', 'names', 'kind') ?? '',
    plural: string(raw, 'spec', 'names', 'plural') ?? '',
    namespaced: string(raw, 'spec', 'scope') === 'Namespaced',
    versions: served.flatMap((version) => string(version, 'name') ?? []),
  };
}

/** A core/v1 Event, with its series folded in. */
export function projectEvent(raw: unknown, context: Context): Event {
  const object = projectObject(raw, context);
  const single = time(raw, 'eventTime') ?? object.created;
  const last = time(raw, 'series', 'lastObservedTime') ?? time(raw, 'lastTimestamp') ?? single;
  const regarding = refFrom(at(raw, 'involvedObject'), {}) ?? { kind: '', name: '' };
  return {
    ...object,
    kind: 'Event',
    type: string(raw, 'type') ?? 'Normal',
    reason: context.text(string(raw, 'reason')) ?? '',
    message: context.text(string(raw, 'message')) ?? '',
    count: number(raw, 'series', 'count') ?? number(raw, 'count') ?? 1,
    first: time(raw, 'firstTimestamp') ?? single,
    last,
    regarding: { ...regarding, uid: string(raw, 'involvedObject', 'uid') },
    reporter: string(raw, 'reportingComponent') ?? string(raw, 'source', 'component'),
  };
}
