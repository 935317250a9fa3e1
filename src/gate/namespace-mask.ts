import { STATES } from '#domain/finding.ts';
import { FLUX_STATES } from '#domain/flux/verdict.ts';
import { COMPONENTS } from '#domain/health/layers.ts';

/** What the policy keeps back from one caller. */
export interface HiddenNamespaces {
  /** Namespaces that were met and in which the caller may see nothing. */
  known: ReadonlySet<string>;
  /** Whether the caller may see nothing in a namespace, whether it was met or not. */
  hides: (namespace: string) => boolean;
}

/** Nothing is kept back. */
export const NOTHING_HIDDEN: HiddenNamespaces = { known: new Set(), hides: () => false };

/** Stands for what is kept back. */
const HIDDEN = '[hidden by policy]';

const NAMESPACE = '(?<ns>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)';
const NAME = String.raw`[\w.:-]{1,253}`;

/** Words of daytwo itself, which a namespace may share: a whole value that is one of them says nothing of it. */
const OWN_WORDS: ReadonlySet<string> = new Set([...COMPONENTS, ...STATES, ...FLUX_STATES]);

/**
 * Text of an object that may be seen can still name one that may not. Masks its name with its namespace in every form in
 * which Kubernetes and Flux write the two together, and the namespace where it stands as a name. A second pass changes
 * nothing.
 */
export function namespaceMask({ known, hides }: HiddenNamespaces): (text: string) => string {
  const patterns = known.size > 0 ? namedForms(known) : [];
  return (text) => {
    if (known.has(text) && !OWN_WORDS.has(text)) return HIDDEN;
    const sure = SURE_FORMS.reduce((masked, pattern) => maskSure(masked, pattern, hides), text);
    return patterns.reduce((masked, pattern) => masked.replace(pattern, HIDDEN), sure);
  };
}

/** Forms that hold a namespace whatever it is called; what the group `keep` matches stays. */
const SURE_FORMS: readonly RegExp[] = [
  `(?<keep>(?<![\\w/.-])[A-Z][A-Za-z]{1,62}/)${NAMESPACE}/${NAME}`,
  `(?<keep>(?:dependency|source|object|release|Source) ['"]?)${NAMESPACE}/${NAME}`,
  `(?<![\\w.-])(?:[\\w-]{1,63}\\.){1,4}${NAMESPACE}\\.(?:svc|pod)(?![\\w-])(?:\\.[\\w-]{1,63}){0,8}\\.?`,
  `(?<keep>system:serviceaccounts?:)${NAMESPACE}(?::${NAME})?`,
  `(?<keep>/namespaces/)${NAMESPACE}(?:/${NAME}){0,6}`,
  String.raw`(?<keep>(["']?)name\2 ?[:=] ?)(["']?)${NAME}\3[,; ]{1,2}(["']?)namespace\4 ?[:=] ?(["']?)${NAMESPACE}\5(?![\w.-])`,
  String.raw`(?<keep>(["']?)namespace\2 ?[:=] ?)(["']?)${NAMESPACE}\3[,; ]{1,2}(["']?)name\5 ?[:=] ?(["']?)${NAME}\6`,
  String.raw`(["'])${NAME}\1(?: not found)? in (?:the )?namespace (["'])${NAMESPACE}\2`,
  String.raw`(["'])${NAME}\1 is forbidden: [^\n]{0,300}? in the namespace (["'])${NAMESPACE}\2`,
  String.raw`(?<keep>(?<![\w-])namespaces?(?:[:=] ?| ?(?=["']))["']?)${NAMESPACE}(?![\w.-])`,
].map((source) => new RegExp(source, 'g'));

function maskSure(text: string, pattern: RegExp, hides: HiddenNamespaces['hides']): string {
  return text.replace(pattern, (match: string, ...rest: unknown[]) => {
    const { ns = '', keep = '' } = rest.at(-1) as { ns?: string; keep?: string };
    return hides(ns) ? keep + HIDDEN : match;
  });
}

/** Forms that other text can have too: they are taken for what they look like only with a namespace that was met. */
function namedForms(known: ReadonlySet<string>): RegExp[] {
  const any = anyOf([...known]);
  const telling = [...known].filter((name) => /[-\d]/.test(name));
  const forms = [
    // ns/name, also with quotes around each
    String.raw`(?<![\w.-])${any}["']?(?:/["']?${NAME}){1,6}`,
    // an inventory id of Flux: ns_name_group_Kind
    String.raw`(?<![\w.-])${any}_[a-z0-9.:_-]{1,253}_[a-z0-9.-]{0,253}_[A-Z]\w{1,62}`,
    // a pod as the kubelet writes it: name_ns(uid)
    String.raw`(?<![\w.-])[a-z0-9][a-z0-9.-]{0,252}_${any}(?=\()`,
    String.raw`(?<=\bpods?[ =]["']?)[a-z0-9][a-z0-9.-]{0,252}_${any}(?![\w-])`,
    // name.ns
    String.raw`(?<![\w.-])(?:[\w-]{1,63}\.){1,4}${any}(?=[:/\s"',;)\]]|\.?$|\.\s)`,
    // name in namespace ns
    String.raw`(?<![\w.-])["']?${NAME}["']?(?: not found)? in (?:the )?namespace ["']?${any}(?![\w-])["']?`,
    String.raw`(?<=\bnamespaces? )${any}(?![\w-])`,
    // the namespace by itself, as a name
    String.raw`(?<=["'(])${any}(?=["')])`,
  ];
  const bare = String.raw`(?<![\w./:-])${anyOf(telling)}(?![\w/-]|\.\w)`;
  return [...forms, ...(telling.length > 0 ? [bare] : [])].map((source) => new RegExp(source, 'g'));
}

function anyOf(names: readonly string[]): string {
  const longestFirst = names.toSorted((a, b) => b.length - a.length);
  return `(?:${longestFirst.map((name) => name.replaceAll('.', String.raw`\.`)).join('|')})`;
}

/**
 * A copy of JSON-like data in which references into hidden namespaces lose namespace and name: `{namespace, name}`, and
 * pairs of labels such as `…/namespace` and `…/name`.
 */
export function maskReferences(value: unknown, hides: HiddenNamespaces['hides']): unknown {
  if (Array.isArray(value)) return value.map((item) => maskReferences(item, hides));
  if (typeof value !== 'object' || value === null) return value;
  const masked = Object.entries(value).flatMap(([key, child]) => hiddenBy(key, child, hides));
  const kept = Object.entries(value).map(([key, child]) => {
    const isHidden = typeof child === 'string' && masked.includes(key);
    return [key, isHidden ? HIDDEN : maskReferences(child, hides)];
  });
  return Object.fromEntries(kept);
}

/** The keys to mask because of a member: itself and the name beside it. */
function hiddenBy(key: string, child: unknown, hides: HiddenNamespaces['hides']): string[] {
  if (typeof child !== 'string' || !/namespace$/i.test(key) || !hides(child)) return [];
  return [key, key.replace(/namespace$/, 'name').replace(/Namespace$/, 'Name')];
}
