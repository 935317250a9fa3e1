import { isKeyPath, keyMaterialIn } from '../repository/key-material.ts';
import { givesAway, holdsDrawn } from './literal.ts';

/** What is no key though it lies where keys do: code, documents, what keeps files out of Git, forms to fill in. */
const NO_KEY =
  /(?:^|\/)(?:\.gitignore|\.gitkeep|\.gitattributes|README(?:\.\w+)?)$|\.(?:go|ts|js|py|rs|sh|md|html|css|svg|tsx|jsx|tf|pub|crt|cer)$|\.(?:example|sample|template|dist)(?:\.\w+)?$/i;

const NEUTRAL = 'file';

/** Names of values, which may be long words. */
const KEYS = /^[ \t-]*["']?[\w.-]{1,80}["']?[ \t]*[:=]/gm;

/** Which key a file is or holds; undefined for one that only refers to keys, by variables or a vault. */
export function keyIn(path: string, text: string, content: Uint8Array): string | undefined {
  const held = keyMaterialIn(NEUTRAL, content);
  if (held !== undefined) return holdsDrawn(text.replaceAll(KEYS, ' ')) ? held : undefined;
  if (!isKeyPath(path) || NO_KEY.test(path) || text.trim() === '') return undefined;
  return KEPT_BY_NAME.find(([pattern]) => pattern.test(path))?.[1](text) === false
    ? undefined
    : keyMaterialIn(path, content);
}

/** Whether a file with such a name holds a secret; names that are not here always do. */
const KEPT_BY_NAME: readonly (readonly [path: RegExp, holds: (text: string) => boolean])[] = [
  [/(?:^|\/)\.env|\.env$|\.envrc$/i, assigns],
  [/\.(?:npmrc|pypirc|netrc|pgpass|git-credentials)$/i, assigns],
  [/\.(?:pem|key)$/i, (text) => !text.includes('-----BEGIN') || text.includes('PRIVATE KEY')],
  [
    /kubeconfig|talosconfig|talsecret|clusterconfig|generated|\.kube\/|\.talos\//i,
    (text) => holdsDrawn(text.replaceAll(KEYS, ' ')),
  ],
];

function assigns(text: string): boolean {
  return text.split(/\r?\n/).some((line) => {
    const { key = '', value = '' } =
      /^\s*(?:export\s+)?(?<key>[\w./:@-]+)\s*=\s*["']?(?<value>[^"'\s#]*)/.exec(line)?.groups ?? {};
    return /pass|pwd|secret|token|key|cred|auth/i.test(key) && givesAway(key, value);
  });
}
