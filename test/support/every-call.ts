import { API_GROUPS } from '#domain/api-groups.ts';
import { COMPONENTS } from '#domain/health/layers.ts';

import type { Seen } from './leaks.ts';
import type { Session } from './session.ts';

/** What to try beyond what the cluster itself suggests. */
export interface DriveOptions {
  /** Words to pass as names, kinds, cursors and keys: what is repeated in an error must have passed the gate. */
  strangers: readonly string[];
  /** Namespaces to ask for, besides those that are seen. */
  namespaces?: readonly string[];
  /** Names to ask for in each of these namespaces, as pods and Deployments. */
  names?: readonly string[];
}

interface Table {
  columns: string[];
  rows: (string | number | boolean | null)[][];
  cursor?: string;
}

type Input = Record<string, unknown>;

/** Calls every tool in every way there is: each kind, each object, each filter, each page, and what must fail. */
export async function driveEverything(session: Session, options: DriveOptions): Promise<Seen[]> {
  const drive = new Drive(session);
  const tools = await session.client.listTools();
  drive.seen.push({ what: 'list of tools', text: JSON.stringify(tools) });
  const objects = await readAll(drive, await kindsOf(drive));
  const spaces = [
    ...new Set([...objects.flatMap(({ namespace }) => namespace ?? []), ...(options.namespaces ?? [])]),
  ];
  await summaries(drive, spaces);
  await events(drive, spaces, objects);
  await logs(drive, objects);
  await policies(drive, spaces);
  await byName(drive, spaces, options.names ?? []);
  await strange(drive, options.strangers);
  return drive.seen;
}

class Drive {
  readonly seen: Seen[] = [];
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Calls a tool; undefined when it failed, whose text is seen all the same. */
  async call(tool: string, input: Input = {}): Promise<Input | undefined> {
    const what = `${tool} ${JSON.stringify(input).slice(0, 200)}`;
    try {
      const { text, data, failed } = await this.#session.call(tool, input);
      this.seen.push({
        what: `${failed ? 'error' : 'answer'} of ${what}`,
        text: `${text}\n${JSON.stringify(data)}`,
      });
      return failed ? undefined : data;
    } catch (error) {
      this.seen.push({
        what: `error of ${what}`,
        text: error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : String(error),
      });
      return undefined;
    }
  }

  /** The same with every following page; gives the rows of all. */
  async pages(
    tool: string,
    input: Input,
    tableOf: (data: Input) => Table | undefined,
  ): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 50; page += 1) {
      const data = await this.call(tool, { ...input, ...(cursor !== undefined && { cursor }) });
      const table = data && tableOf(data);
      if (table)
        rows.push(
          ...table.rows.map((row) =>
            Object.fromEntries(table.columns.map((column, index) => [column, row[index]])),
          ),
        );
      cursor = table?.cursor;
      if (cursor === undefined) break;
    }
    return rows;
  }
}

/** Every kind that may be read, and some that may not. */
const KINDS = [
  ...API_GROUPS.flatMap(({ group, kinds }) =>
    Object.values(kinds).map((plural) => (group === '' ? plural : `${plural}.${group}`)),
  ),
  'secrets',
  'leases.coordination.k8s.io',
  'certificatesigningrequests.certificates.k8s.io',
];

/** Beside these, every kind that a CustomResourceDefinition adds; a caller who sees no definition can still name them. */
async function kindsOf(drive: Drive): Promise<string[]> {
  const defined = await drive.pages('resource_list', { kind: 'crd', limit: 500 }, listed);
  return [...new Set([...KINDS, ...defined.map(({ name }) => String(name))])];
}

function listed(data: Input): Table | undefined {
  return data['resources'] as Table | undefined;
}

interface Named {
  kind: string;
  namespace?: string;
  name: string;
}

async function readAll(drive: Drive, kinds: readonly string[]): Promise<Named[]> {
  const objects: Named[] = [];
  for (const kind of kinds) {
    const rows = await drive.pages('resource_list', { kind, limit: 7 }, listed);
    const named = rows.map(({ namespace, name }): Named => ({
      kind,
      name: String(name),
      ...(typeof namespace === 'string' && { namespace }),
    }));
    for (const namespace of new Set(named.flatMap((object) => object.namespace ?? []))) {
      await drive.call('resource_list', { kind, namespace, name: 'a', selector: 'app' });
    }
    const told = /^(cluster)?role/.test(kind) ? [] : named;
    for (const object of told) {
      await drive.call('resource_get', { ...object });
      await drive.call('explain_resource', { ...object });
    }
    objects.push(...named);
  }
  return objects;
}

const STATES = ['failed', 'degraded', 'stale', 'unknown', 'blocked', 'progressing', 'suspended', 'info'];
const FLUX_STATES = [
  'failed',
  'stalled',
  'stale',
  'unknown',
  'blocked',
  'behind',
  'progressing',
  'suspended',
  'terminating',
  'ready',
];

async function summaries(drive: Drive, spaces: readonly string[]): Promise<void> {
  await drive.call('upgrade_status');
  await drive.call('access_audit');
  for (const name of ['*', 'planted*']) await drive.call('access_audit', { name });
  await drive.call('recent_changes', { since: '720h', limit: 200 });
  await drive.call('backup_status');
  for (const namespace of spaces) await drive.call('backup_status', { namespace });
  const questions = [
    {},
    ...spaces.map((namespace) => ({ namespace })),
    ...STATES.map((state) => ({ state })),
    ...COMPONENTS.map((component) => ({ component })),
  ];
  const ids = new Set<string>();
  for (const question of questions) {
    let cursor: string | undefined;
    do {
      const data = await drive.call('health_summary', {
        ...question,
        limit: 3,
        ...(cursor !== undefined && { cursor }),
      });
      for (const { id } of (data?.['findings'] ?? []) as { id: string }[]) ids.add(id);
      cursor = data?.['cursor'] as string | undefined;
    } while (cursor !== undefined);
  }
  for (const finding of ids) await drive.call('health_summary', { finding });
  const kinds = [
    'Kustomization',
    'HelmRelease',
    'GitRepository',
    'HelmRepository',
    'OCIRepository',
    'Receiver',
    'Provider',
  ];
  const filters = [
    ...questions.slice(0, 1 + spaces.length),
    ...FLUX_STATES.map((state) => ({ state })),
    ...kinds.map((kind) => ({ kind })),
    { name: 'a' },
  ];
  for (const filter of filters) {
    await drive.pages(
      'reconciliation_status',
      { ...filter, limit: 2 },
      (data) => data['problems'] as Table | undefined,
    );
  }
}

async function events(drive: Drive, spaces: readonly string[], objects: readonly Named[]): Promise<void> {
  const about = new Set(
    objects
      .filter(({ kind }) => /^(pods|nodes|deployments|kustomizations|helmreleases)\b/.test(kind))
      .map(({ name }) => name),
  );
  const filters = [
    {},
    { type: 'Warning' },
    { type: 'Normal' },
    { sinceMinutes: 60 },
    { kind: 'Pod' },
    ...spaces.map((namespace) => ({ namespace })),
    ...[...about].map((name) => ({ name })),
  ];
  for (const filter of filters)
    await drive.pages('event_list', { ...filter, limit: 4 }, (data) => data['events'] as Table | undefined);
}

async function logs(drive: Drive, objects: readonly Named[]): Promise<void> {
  const pods = objects.filter(({ kind }) => kind === 'pods');
  for (const { namespace, name } of pods) {
    for (const more of [
      {},
      { previous: true },
      { lines: 3 },
      { lines: 2_000, container: 'main' },
      { sinceMinutes: 5 },
    ]) {
      await drive.call('log_tail', { namespace, pod: name, ...more });
    }
  }
}

async function policies(drive: Drive, spaces: readonly string[]): Promise<void> {
  const questions = [
    {},
    ...spaces.map((namespace) => ({ namespace })),
    { tool: 'log_tail' },
    { kind: 'Secret' },
    { tool: 'resource_get', kind: 'Pod', namespace: spaces[0] },
  ];
  for (const question of questions) await drive.call('policy_explain', question);
  for (const question of ['crash loop', 'node not ready']) await drive.call('runbook_lookup', { question });
}

async function byName(drive: Drive, spaces: readonly string[], names: readonly string[]): Promise<void> {
  for (const namespace of spaces) {
    for (const name of names) {
      for (const kind of ['Pod', 'Deployment', 'Kustomization', 'Service', 'ConfigMap', 'Secret']) {
        await drive.call('resource_get', { kind, namespace, name });
      }
      await drive.call('log_tail', { namespace, pod: name });
      await drive.call('event_list', { namespace, name });
      await drive.call('resource_list', { kind: 'Pod', namespace, name });
      await drive.call('reconciliation_status', { namespace, name });
      await drive.call('explain_resource', { kind: 'Deployment', namespace, name });
    }
    await drive.call('resource_get', { kind: 'Namespace', name: namespace });
  }
}

/** What a caller should not write: each is answered with an error that repeats some of it. */
async function strange(drive: Drive, strangers: readonly string[]): Promise<void> {
  for (const word of strangers) {
    const calls: [string, Input][] = [
      [word, {}],
      ['health_summary', { [word]: 1 }],
      ['health_summary', { finding: word.slice(0, 64) }],
      ['health_summary', { namespace: word }],
      ['health_summary', { cursor: word }],
      ['resource_list', { kind: word }],
      ['resource_list', { kind: 'Pod', selector: `${word}=${word}` }],
      ['resource_list', { kind: 'Pod', selector: `((${word}` }],
      ['resource_list', { kind: 'Pod', limit: word }],
      ['resource_get', { kind: 'Pod', namespace: 'default', name: word }],
      ['resource_get', { kind: 'Pod', name: word }],
      ['resource_get', { kind: 'Node', name: word }],
      ['log_tail', { namespace: 'default', pod: word, container: 'x' }],
      ['event_list', { kind: word, name: word }],
      ['reconciliation_status', { kind: word, name: word, cursor: word }],
      ['policy_explain', { tool: word, kind: word, namespace: word }],
      ['runbook_lookup', { question: word, alert: word, finding: { reason: word.slice(0, 120) } }],
    ];
    for (const [tool, input] of calls) await drive.call(tool, input);
  }
}
