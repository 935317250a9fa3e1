import { refOf } from '../objects/meta.ts';
import type { World } from './world.ts';

/** Objects that a message blames, as refs: webhooks, API services, Services that do not answer, namespaces under deletion. */
export function namedCauses(text: string, world: World): string[] {
  return FORMS.flatMap(({ pattern, refs }) =>
    [...text.matchAll(pattern)].flatMap(([, name = '']) => refs(name, world)),
  );
}

/** Texts of apiserver admission (pkg/admission/plugin/webhook), discovery (client-go), net/http and namespace lifecycle. */
const FORMS: readonly { pattern: RegExp; refs: (name: string, world: World) => readonly string[] }[] = [
  {
    pattern: /(?:failed calling|admission) webhook "([^"]+)"/g,
    refs: (name, world) => world.webhookOwners.get(name) ?? [],
  },
  {
    pattern: /([\w.-]+\/v\d\w*): (?:the server is currently unable|stale GroupVersion)/g,
    refs: (name) => [apiServiceRef(name)],
  },
  {
    // The autoscaler's reads end with the resource they asked for (client-go, "(get pods.metrics.k8s.io)").
    pattern: /\(get [^()]*?((?:custom\.|external\.)?metrics\.k8s\.io)\b/g,
    refs: (group) => ['v1beta1', 'v1beta2'].map((version) => apiServiceRef(`${group}/${version}`)),
  },
  {
    pattern: /\bhttps?:\/\/([\w-]+\.[\w-]+)\.svc\b/g,
    refs: (host) => servedBy(host),
  },
  {
    pattern: /in namespace (\S+) because it is being terminated/g,
    refs: (name) => [refOf({ kind: 'Namespace', name })],
  },
];

/** The Service that a host name in the cluster stands for, and the Deployment that is usually named as it is. */
function servedBy(host: string): string[] {
  const [name = '', namespace] = host.split('.');
  return ['Service', 'Deployment'].map((kind) => refOf({ kind, namespace, name }));
}

function apiServiceRef(groupVersion: string): string {
  const [group = '', version = ''] = groupVersion.split('/');
  return refOf({ kind: 'APIService', name: `${version}.${group}` });
}

/** What keeps an object from being created, in words; undefined when the message is none of the usual. */
export function admissionCause(text: string): string | undefined {
  return ADMISSION.find(({ pattern }) => pattern.test(text))?.words;
}

const ADMISSION: readonly { pattern: RegExp; words: string }[] = [
  { pattern: /exceeded quota/i, words: 'a resource quota is used up' },
  { pattern: /violates PodSecurity/i, words: 'the namespace forbids such pods (Pod Security)' },
  { pattern: /failed calling webhook/i, words: 'an admission webhook does not answer' },
  { pattern: /admission webhook .* denied/i, words: 'an admission webhook refuses it' },
  { pattern: /serviceaccount ".*" not found/i, words: 'its service account does not exist' },
  { pattern: /being terminated/i, words: 'its namespace is being deleted' },
  {
    pattern: /\bLimitRange\b|(?:minimum|maximum) (?:cpu|memory) usage per/i,
    words: 'a limit range forbids it',
  },
  { pattern: /no PriorityClass with name/i, words: 'its priority class does not exist' },
];
