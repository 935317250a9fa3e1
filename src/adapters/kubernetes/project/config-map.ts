import type { KeyedObject, TunnelRoute } from '#domain/objects/platform.ts';

import { parse } from 'yaml';

import { at, isTrue, items, keys, string, stringMap } from '../raw.ts';
import { type Context, projectObject } from './meta.ts';

/** A ConfigMap: names of its keys; of values only versions that Flux fills in, and where a tunnel leads. */
export function projectConfigMap(raw: unknown, context: Context): KeyedObject {
  const versions = versionsIn(raw);
  const routes = tunnelRoutesIn(raw);
  return {
    ...projectObject(raw, context),
    kind: 'ConfigMap',
    keys: [...keys(raw, 'data'), ...keys(raw, 'binaryData')].toSorted(),
    ...(Object.keys(versions).length > 0 && { versions }),
    ...(routes.length > 0 && { tunnelRoutes: routes }),
  };
}

const VERSION_KEY = /^(?:TALOS_VERSION|KUBERNETES_VERSION|TALOS_INSTALLER_IMAGE_\w+)$/;

/** A version, or the tag of an image: nothing else passes. */
const VERSION = /^(?:[\w.-]+(?::\d+)?(?:\/[\w.-]+)+:)?(v?\d+\.\d+\.\d+(?:-[\w.]+)?)$/;

function versionsIn(raw: unknown): Record<string, string> {
  const found = Object.entries(stringMap(raw, 'data')).flatMap(([key, value]) => {
    const version = VERSION_KEY.test(key) ? VERSION.exec(value.trim())?.[1] : undefined;
    return version === undefined ? [] : [[key, version] as const];
  });
  return Object.fromEntries(found);
}

/** Characters above which nobody wrote a tunnel's configuration. */
const LARGEST = 65_536;

/** Routes of cloudflared (cloudflared config/configuration.go): hosts alone, no paths, users or certificates. */
function tunnelRoutesIn(raw: unknown): TunnelRoute[] {
  const texts = Object.entries(stringMap(raw, 'data')).filter(
    ([key, text]) => /\.ya?ml$/.test(key) && text.length <= LARGEST && /^ingress:/m.test(text),
  );
  return texts.flatMap(([, text]) => routesOf(text));
}

function routesOf(text: string): TunnelRoute[] {
  const config = parsed(text);
  const isGuarded = isTrue(config, 'originRequest', 'access', 'required');
  return items(config, 'ingress').flatMap((rule) => {
    const to = hostOf(string(rule, 'service'));
    if (to === undefined) return [];
    const own = at(rule, 'originRequest', 'access', 'required');
    const guarded = own === undefined ? isGuarded : own === true;
    return [{ host: string(rule, 'hostname') ?? '*', to, guarded }];
  });
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20, logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/** The host of a URL; undefined for `http_status:404` and sockets. */
function hostOf(service: string | undefined): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@\s]*@)?([\w.-]+)/i.exec(service ?? '')?.[1]?.toLowerCase();
}
