/** The kinds of forge whose pages and tools are known; Codeberg is Forgejo, which is like Gitea here. */
export type Forge = 'github' | 'gitlab' | 'gitea';

/** Where and how a branch becomes a pull request. */
export interface PullRequest {
  forge: Forge;
  /** Page that opens it, filled in. */
  url: string;
  /** The same with the forge's own tool. */
  command: string;
}

/** Which part of a host name tells its forge; the first row that fits holds. */
const HOSTS: readonly (readonly [RegExp, Forge])[] = [
  [/(?:^|\.)github\./, 'github'],
  [/(?:^|\.)gitlab\./, 'gitlab'],
  [/(?:^|\.)(?:gitea|forgejo)\.|(?:^|\.)codeberg\.org$/, 'gitea'],
];

/**
 * Where to open a pull request for a branch, from the URL of its remote without user information. Undefined for a path, and
 * for a host that does not say what it is; `forge` says it instead.
 */
export function pullRequestFor(
  remote: string,
  { branch, base }: { branch: string; base: string },
  forge?: Forge,
): PullRequest | undefined {
  const page = pageOf(remote);
  const kind = forge ?? (page && HOSTS.find(([pattern]) => pattern.test(page.host))?.[1]);
  return page && kind && { forge: kind, ...PAGES[kind](page, { branch, base }) };
}

interface Page {
  host: string;
  /** `owner/name`, with as many groups before as GitLab has. */
  path: string;
}

interface Branches {
  branch: string;
  base: string;
}

const PAGES: Readonly<Record<Forge, (page: Page, branches: Branches) => Omit<PullRequest, 'forge'>>> = {
  github: ({ host, path }, { branch, base }) => ({
    url: `https://${host}/${path}/compare/${part(base)}...${part(branch)}?expand=1`,
    command: `gh pr create --repo ${host === 'github.com' ? '' : `${host}/`}${path} --base ${word(base)} --head ${word(branch)}`,
  }),
  gitlab: ({ host, path }, { branch, base }) => ({
    url: `https://${host}/${path}/-/merge_requests/new?${gitlabQuery({ branch, base })}`,
    command: `glab mr create --repo https://${host}/${path} --source-branch ${word(branch)} --target-branch ${word(base)}`,
  }),
  gitea: ({ host, path }, { branch, base }) => ({
    url: `https://${host}/${path}/compare/${part(base)}...${part(branch)}`,
    command: `tea pulls create --repo ${path} --base ${word(base)} --head ${word(branch)}`,
  }),
};

function gitlabQuery({ branch, base }: Branches): string {
  return new URLSearchParams({
    'merge_request[source_branch]': branch,
    'merge_request[target_branch]': base,
  }).toString();
}

/** The web page of a remote: a forge serves it under the same host and path, whatever port its ssh has. */
function pageOf(remote: string): Page | undefined {
  if (!URL.canParse(remote)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(remote);
  const path = pathname.replaceAll(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  if (!/^[\w.~-]+(?:\/[\w.~-]+)+$/.test(path)) return undefined;
  if (protocol === 'https:') return { host, path };
  // GitHub's ssh over the port of https has a host name of its own.
  return protocol === 'ssh:' ? { host: hostname.replace(/^(?:ssh|altssh)\./, ''), path } : undefined;
}

/** A branch in a path: its slashes stay, as the forges write them. */
function part(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}

/** One word for a shell. */
function word(text: string): string {
  return /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
