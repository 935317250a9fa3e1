/** How the kubelet names what is missing (pkg/kubelet/kubelet_pods.go, pkg/volume/{secret,configmap}). */
const FORMS: readonly { pattern: RegExp; words: (parts: readonly string[]) => string }[] = [
  {
    pattern: /couldn't find key (\S+) in (ConfigMap|Secret) (\S+)/i,
    words: ([key, kind, name]) => `key ${key} is missing in ${kindOf(kind)} ${nameOf(name)}`,
  },
  {
    pattern: /(configmap|secret) "([^"]+)" not found/i,
    words: ([kind, name]) => `${kindOf(kind)} ${name} does not exist`,
  },
  {
    pattern: /references non-existent (?:secret|config) key: ([^\s,]+)/i,
    words: ([key]) => `key ${key} is missing in what a volume mounts`,
  },
];

/** Names the ConfigMap, Secret or key that a message says is missing, never a value; undefined when it names none. */
export function missingConfig(text: string): string | undefined {
  for (const { pattern, words } of FORMS) {
    const found = pattern.exec(text);
    if (found) return words(found.slice(1));
  }
  return undefined;
}

function kindOf(kind = ''): string {
  return kind.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}

function nameOf(path = ''): string {
  return path.split('/').at(-1) ?? path;
}
