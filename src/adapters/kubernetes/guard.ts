import { resourcesOf } from '#domain/access.ts';

/** What is allowed beyond the table; nothing here can allow a Secret, a subresource that acts, or a write. */
export interface GuardOptions {
  /** URL of the API server, with its path prefix if it has one. */
  server: string;
  /** True when container logs may be read. */
  logs: boolean;
  /** API groups outside the table that may be read. */
  extraGroups: readonly string[];
}

export interface Judgement {
  allowed: boolean;
  why: string;
}

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Only ever read by the API server itself or a privileged person, whatever group serves them. */
const NEVER_RESOURCES = new Set(['secrets', 'sealedsecrets', 'tokenreviews', 'tokenrequests']);

const PLAIN_PATHS = /^\/(version|api|apis|readyz|livez|openapi\/v3)$/;
const DISCOVERY_PATH =
  /^\/(api\/v\w+|apis\/[a-z0-9.-]+(\/v\w+)?|(readyz|livez)\/[a-z0-9/-]+|openapi\/v3\/[a-z0-9./-]+)$/;
const OBJECT_PATH = /^\/(?:api\/v1|apis\/(?<group>[a-z0-9.-]+)\/v\w+)\/(?<rest>.+)$/;
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._:@~ -]{0,252}$/;

/**
 * Whether a request may leave: GET of discovery and of the table's objects, POST of the one review that asks what this
 * identity may do. `url` is absolute and taken as it would be sent: an encoding that could be read twice is refused.
 */
export function judgeRequest(method: string, url: string, options: GuardOptions): Judgement {
  const path = plainPath(url, options.server);
  if (typeof path !== 'string') return path;
  if (method === 'POST' && path === REVIEWS) return allow('a review of own permissions');
  if (method !== 'GET') return deny(`${method} is never sent`);
  if (PLAIN_PATHS.test(path)) return allow('discovery');
  const object = OBJECT_PATH.exec(path)?.groups;
  if (object?.['rest'] !== undefined) {
    return judgeObject(object['group'] ?? '', object['rest'].split('/'), url, options);
  }
  return DISCOVERY_PATH.test(path) ? allow('discovery') : deny('this path is not on the list');
}

function allow(why: string): Judgement {
  return { allowed: true, why };
}

function deny(why: string): Judgement {
  return { allowed: false, why };
}

/** The decoded path below the server's prefix. */
function plainPath(url: string, server: string): string | Judgement {
  const { origin, pathname } = new URL(server);
  if (!url.startsWith(`${origin}/`)) return deny('another server than the configured one');
  const [raw = ''] = url.slice(origin.length).split(/[?#]/, 1);
  const prefix = pathname.replace(/\/$/, '');
  if (!raw.startsWith(`${prefix}/`)) return deny('outside the path of the configured server');
  const decoded = decodeOnce(raw.slice(prefix.length));
  return decoded ?? deny('the path is not in plain form');
}

/** Undefined unless the path is one that every server reads the same way. */
function decodeOnce(raw: string): string | undefined {
  // An encoded slash, percent, dot or backslash could change meaning when it is decoded again.
  if (/%(2f|25|2e|5c|0|1|7f|[89a-f])/i.test(raw) || /[^\x21-\x7e]/.test(raw)) return undefined;
  if (/\\|\/\/|\/\.{1,2}(\/|$)|%(?![0-9a-f]{2})/i.test(raw)) return undefined;
  const path = decodeURIComponent(raw);
  return path.length > 1 && path.endsWith('/') ? undefined : path;
}

interface AskedObject {
  group: string;
  resource: string;
  name?: string;
  subresource?: string;
  /** What follows the subresource, which nothing may. */
  rest: readonly string[];
}

/** `segments` is what follows the version: resource, name, subresource, with or without a namespace before them. */
function judgeObject(
  group: string,
  segments: readonly string[],
  url: string,
  options: GuardOptions,
): Judgement {
  if (!segments.every((segment) => SEGMENT.test(segment))) return deny('a segment of the path is no name');
  const inNamespace = segments[0] === 'namespaces' && segments.length > 2 && segments[2] !== 'status';
  const [resource = '', name, subresource, ...rest] = inNamespace ? segments.slice(2) : segments;
  const why = objection({ group, resource, name, subresource, rest }, url, options);
  return why === undefined ? allow('on the list') : deny(why);
}

function objection(asked: AskedObject, url: string, options: GuardOptions): string | undefined {
  const { group, resource, subresource, rest } = asked;
  if (NEVER_RESOURCES.has(resource)) return `${resource} are never read`;
  if (!mayRead(group, resource, options)) return `${resource} of group "${group}" are not on the list`;
  if (rest.length > 0) return 'this path is not on the list';
  if (subresource === undefined || subresource === 'status') return undefined;
  const isLog = group === '' && resource === 'pods' && subresource === 'log';
  return isLog ? objectionToLog(url, options) : `the subresource ${subresource} is never read`;
}

function mayRead(group: string, resource: string, { extraGroups }: GuardOptions): boolean {
  if (resourcesOf(group)?.has(resource)) return true;
  return group !== '' && extraGroups.includes(group);
}

function objectionToLog(url: string, { logs }: GuardOptions): string | undefined {
  if (!logs) return 'container logs are not enabled';
  const query = new URL(url).searchParams;
  const endless = query.has('follow') || query.has('insecureSkipTLSVerifyBackend');
  return endless ? 'a log is read once, over verified TLS' : undefined;
}
