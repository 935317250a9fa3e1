import { conditionOf } from '../../conditions.ts';
import type { State } from '../../finding.ts';
import { type Condition, refOf } from '../../objects/meta.ts';
import type { ApiService, CustomResource, WebhookConfiguration } from '../../objects/platform.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { firstFault, minutesSince, ripening, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { readyEndpoints } from '../endpoints.ts';
import type { World } from '../world.ts';

type Extension = ApiService | WebhookConfiguration | CustomResource;

/** What extends the API server: while it is broken, whole kinds or all writes fail. */
const CONTROL_PLANE_RULES: readonly Rule<Extension>[] = [
  {
    name: 'APIServiceUnavailable',
    source: 'kubernetes-mixin alerts/kube_apiserver.libsonnet KubeAggregatedAPIDown',
    judge: (object) => (object.kind === 'APIService' ? apiServiceDown(object) : undefined),
  },
  {
    name: 'WebhookDown',
    source: 'kubernetes api/admissionregistration/v1 failurePolicy',
    judge: (object, world) => ('webhooks' in object ? webhookDown(object, world) : undefined),
  },
  {
    name: 'WebhookWithoutCa',
    source: 'cert-manager pkg/controller/cainjector, annotation cert-manager.io/inject-ca-from',
    judge: (object, world) => ('webhooks' in object ? webhookWithoutCa(object, world) : undefined),
  },
  {
    name: 'CRDNotEstablished',
    source: 'kubernetes apiextensions/v1 conditions Established and NamesAccepted',
    judge: (object, world) => ('defines' in object ? notEstablished(object, world) : undefined),
  },
];

/** API services, admission webhooks and CRDs. */
export const CONTROL_PLANE: RuleSet = {
  component: 'control-plane',
  checked: extensions,
  judge: (world) =>
    extensions(world).flatMap((object) =>
      object.deletion
        ? []
        : (firstFault(
            CONTROL_PLANE_RULES,
            object,
            { component: 'control-plane', ref: refOf(object) },
            world,
          ) ?? []),
    ),
};

function extensions({ objects }: World): Extension[] {
  return [
    ...objects.APIService,
    ...objects.ValidatingWebhookConfiguration,
    ...objects.MutatingWebhookConfiguration,
    ...objects.CustomResourceDefinition,
  ];
}

function apiServiceDown(service: ApiService): Symptom | undefined {
  const available = conditionOf(service, 'Available');
  if (available?.status !== 'False') return undefined;
  const { reason, message, since } = available;
  return {
    state: 'failed',
    message: clip(`${service.group}/${service.version} is not served: ${message ?? reason}`, 200),
    since,
    evidence: [{ path: 'conditions[Available]', value: `False ${reason ?? ''}`.trim() }],
    causes: service.service ? [refOf({ ...service.service, kind: 'Service' })] : [],
  };
}

/** Only failurePolicy Fail blocks; a Service that cannot be seen is not called down. */
function webhookDown({ webhooks }: WebhookConfiguration, world: World): Symptom | undefined {
  const down = webhooks.filter(
    ({ service, failurePolicy }) =>
      failurePolicy === 'Fail' && service !== undefined && isDown(service, world),
  );
  if (down.length === 0) return undefined;
  const services = [
    ...new Set(
      down.map(({ service }) =>
        refOf({ kind: 'Service', namespace: service?.namespace, name: service?.name ?? '' }),
      ),
    ),
  ];
  const missing = services.filter((ref) => !world.byRef.has(ref));
  return {
    state: 'failed',
    message: `${missing.length > 0 ? 'the Service of its webhook does not exist' : 'its webhook has no ready endpoint'}: what it intercepts is refused (failurePolicy Fail)`,
    evidence: [
      { path: 'webhooks', value: nameSome(down.map(({ name }) => name).toSorted(byText), 3) },
      { path: 'webhooks[].clientConfig.service', value: nameSome(services.toSorted(byText), 2) },
    ],
    causes: services,
  };
}

/** Where cert-manager is to fill it in, an empty CA is none yet; other webhooks may be trusted by the system's CAs. */
function webhookWithoutCa(config: WebhookConfiguration, world: World): Symptom | undefined {
  const from = config.annotations['cert-manager.io/inject-ca-from'];
  const bare = config.webhooks.filter(
    ({ hasCa, service, failurePolicy }) =>
      hasCa === false && service !== undefined && failurePolicy === 'Fail',
  );
  if (from === undefined || bare.length === 0) return undefined;
  const [namespace, name = ''] = from.split('/');
  return {
    state: ripening(config.created, world.now, 2),
    message: `has no CA, so the API server trusts it not: what it intercepts is refused (failurePolicy Fail)`,
    since: config.created,
    evidence: [
      { path: 'webhooks', value: nameSome(bare.map((one) => one.name).toSorted(byText), 3) },
      { path: 'annotations[cert-manager.io/inject-ca-from]', value: from },
    ],
    causes: [refOf({ kind: 'Certificate', namespace, name }), ...injectors(world)],
  };
}

function injectors({ objects }: World): string[] {
  return objects.Deployment.filter(({ name }) => /(?:^|-)cainjector$/.test(name)).map(refOf);
}

function isDown({ namespace, name }: { namespace?: string; name: string }, world: World): boolean {
  if (!world.sees('Service', namespace)) return false;
  const service =
    world.objects.Service.length > 0 && world.byRef.get(refOf({ kind: 'Service', namespace, name }));
  if (!service) return true;
  return readyEndpoints(service, world) === 0;
}

/** In minutes. */
const ESTABLISHING = 1;

function notEstablished(crd: CustomResource, world: World): Symptom | undefined {
  const names = conditionOf(crd, 'NamesAccepted');
  const established = conditionOf(crd, 'Established');
  if (names?.status === 'False') return notServed(crd, names, 'failed');
  if (established?.status === 'True') return undefined;
  const isNew = minutesSince(crd.created, world.now) < ESTABLISHING;
  return notServed(crd, established, isNew ? 'progressing' : 'failed');
}

function notServed(crd: CustomResource, told: Condition | undefined, state: State): Symptom {
  return {
    state,
    message: clip(`${crd.defines} is not served: ${told?.message ?? told?.reason ?? 'not established'}`, 200),
    since: told?.since ?? crd.created,
  };
}
