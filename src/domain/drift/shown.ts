import type { DesiredObject } from '../desired/desired.ts';
import type { FieldChange, Json } from '../desired/engine.ts';
import { NOT_RECORDED } from '../desired/live.ts';
import { isObject, textAt } from '../desired/manifest.ts';
import { clip, nameSome } from '../text.ts';
import { lastField, overlap } from './paths.ts';

/** Fields whose texts tell what an operator needs and hold no secret, by their own name. */
const HARMLESS: ReadonlySet<string> = new Set([
  'apiVersion',
  'cpu',
  'memory',
  'storage',
  'ephemeral-storage',
  'image',
  'tag',
  'imagePullPolicy',
  'restartPolicy',
  'type',
  'schedule',
  'timeZone',
  'concurrencyPolicy',
  'protocol',
  'name',
  'namespace',
  'kind',
  'port',
  'portName',
  'targetPort',
  'maxSurge',
  'maxUnavailable',
  'minAvailable',
  'storageClassName',
  'volumeName',
  'volumeMode',
  'ingressClassName',
  'gatewayClassName',
  'serviceName',
  'serviceAccountName',
  'dnsPolicy',
  'clusterIP',
  'externalTrafficPolicy',
  'internalTrafficPolicy',
  'sessionAffinity',
  'ipFamilyPolicy',
  'path',
  'pathType',
  'interval',
  'retryInterval',
  'timeout',
  'version',
  'reclaimPolicy',
  'operator',
  'effect',
  'scope',
  'group',
  'plural',
  'mountPath',
  'topologyKey',
  'ignore',
  'chart',
  'suspend',
  'dependsOn',
  'uid',
]);

const LONGEST = 60;

/** Both sides of a difference as they may be shown; `isHole` when Git's side is not known here, so that nothing was compared. */
export interface ShownChange {
  live: string | undefined;
  git: string | undefined;
  isHole: boolean;
}

/**
 * Numbers, booleans and texts of harmless fields are shown; of others Git's side, where it is plain there. What is kept back
 * says `[not shown]`, a variable its `${NAME}`. No live text passes that Git or the field's own name does not vouch for.
 */
export function shownChange(change: FieldChange, desired: DesiredObject): ShownChange {
  const holes = [...desired.holes].filter(([path]) => overlap(path, change.path));
  const [exact] = holes.filter(([path]) => path === change.path || holes.length === 1);
  const isHole = holes.length > 0 || (change.does === 'changes' && holdsUnrecorded(change.live));
  if (isHole)
    return { live: change.live === undefined ? undefined : HIDDEN, git: exact?.[1] ?? HIDDEN, isHole };
  const isSecret = desired.object['kind'] === 'Secret';
  return {
    live: change.live === undefined ? undefined : isSecret ? HIDDEN : liveText(change.live, change.path),
    git: change.desired === undefined ? undefined : isSecret ? HIDDEN : plainText(change.desired),
    isHole,
  };
}

const HIDDEN = '[not shown]';

function holdsUnrecorded(value: Json | undefined): boolean {
  return value !== undefined && JSON.stringify(value).includes(NOT_RECORDED);
}

/** A live value as it may be shown anywhere: numbers, booleans, texts of fields that hold no secret; of lists and maps the names. */
export function liveText(value: Json, path: string): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string') return isHarmless(path) ? clip(value, LONGEST) : HIDDEN;
  if (isObject(value)) return `{${nameSome(Object.keys(value), 4)}}`;
  const names = value.flatMap((item) => (isObject(item) ? textAt(item, 'name') || [] : []));
  return names.length > 0 ? `[${nameSome(names, 4)}]` : `[${value.length} items]`;
}

/** A whole list or map is told by its size and keys, a text in full. */
function plainText(value: Json): string {
  return typeof value === 'string' ? clip(value, LONGEST) : clip(JSON.stringify(value), LONGEST);
}

/** Whether a text at a path tells no secret, by its own name: never in data, annotations or the value of a variable. */
export function isHarmless(path: string): boolean {
  const inData = /^\.(?:data|stringData|binaryData)\b|\.annotations\b|\.env\[[^\]]*\]\.value$/.test(path);
  return !inData && (HARMLESS.has(lastField(path)) || LABELS.test(path));
}

/** Keys of list items, and sets of texts, that tell no secret. */
const NAMING: ReadonlySet<string> = new Set([
  'key',
  'ip',
  'devicePath',
  'containerPort',
  'whenUnsatisfiable',
  'hostname',
  'resourceName',
  'finalizers',
  'loadBalancerSourceRanges',
  'accessModes',
]);

/** A field path as it may be shown: a text that identifies a list item is a live value too. */
export function shownPath(path: string): string {
  return path.replaceAll(/\[[^\]"]*=(?:"(?:[^"\\]|\\.)*"|[^\]])*\]/g, (item: string, at: number) => {
    const list = lastField(path.slice(0, at));
    return item.replaceAll(/([\w.-]*)="(?:[^"\\]|\\.)*"/g, (pair: string, key: string) => {
      const isPlain = HARMLESS.has(key) || NAMING.has(key === '' ? list : key);
      return isPlain ? pair : `${key}=…`;
    });
  });
}

const LABELS = /\.(?:labels|matchLabels|selector)(?:\.[\w-]+|\["[^"]*"\])$/;
