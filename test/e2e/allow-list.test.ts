import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { permissiveCrd } from '../cluster/crds.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { type FaultProxy, type RecordedRequest, startFaultProxy } from '../cluster/faults.ts';
import { deploymentTree, namespace } from '../cluster/seed.ts';
import { newFolder, runDaytwo, serveDaytwo } from '../support/daytwo.ts';
import { openWorkshop } from '../support/git-repository.ts';
import type { Session } from '../support/session.ts';

/** The resources that may be read, by group: a plural with `*` behind it has no namespace. Written down anew on purpose. */
const READABLE: Record<string, string> = {
  '': 'namespaces* nodes* persistentvolumes* pods services endpoints events configmaps persistentvolumeclaims resourcequotas limitranges serviceaccounts replicationcontrollers',
  apps: 'deployments statefulsets daemonsets replicasets',
  batch: 'jobs cronjobs',
  autoscaling: 'horizontalpodautoscalers',
  policy: 'poddisruptionbudgets',
  'discovery.k8s.io': 'endpointslices',
  'networking.k8s.io': 'ingresses ingressclasses* networkpolicies servicecidrs* ipaddresses*',
  'events.k8s.io': 'events',
  'storage.k8s.io':
    'storageclasses* volumeattachments* csidrivers* csinodes* csistoragecapacities volumeattributesclasses*',
  'apiextensions.k8s.io': 'customresourcedefinitions*',
  'apiregistration.k8s.io': 'apiservices*',
  'admissionregistration.k8s.io':
    'validatingwebhookconfigurations* mutatingwebhookconfigurations* validatingadmissionpolicies* validatingadmissionpolicybindings*',
  'rbac.authorization.k8s.io': 'roles rolebindings clusterroles* clusterrolebindings*',
  'source.toolkit.fluxcd.io':
    'gitrepositories ocirepositories helmrepositories helmcharts buckets externalartifacts',
  'kustomize.toolkit.fluxcd.io': 'kustomizations',
  'helm.toolkit.fluxcd.io': 'helmreleases',
  'notification.toolkit.fluxcd.io': 'alerts providers receivers',
  'image.toolkit.fluxcd.io': 'imagerepositories imagepolicies imageupdateautomations',
};

const DISCOVERY = /^\/(api|apis|version|readyz|livez|openapi\/v3)$/;
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const COLLECTION =
  /^\/(?:api|apis\/(?<group>[^/]+))\/v\d+(?:(?:alpha|beta)\d+)?(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?<log>\/log)?$/;

/** One segment, however often it is decoded: no slash, no percent sign, nothing that goes up. */
const SEGMENT = /^(?!\.+$)[\w.:@~ -]{1,253}$/;

const QUERY = new Set(
  'limit continue watch resourceVersion resourceVersionMatch allowWatchBookmarks sendInitialEvents timeoutSeconds fieldSelector labelSelector'.split(
    ' ',
  ),
);
const LOG_QUERY = new Set('container previous tailLines limitBytes sinceSeconds'.split(' '));

/** Whether a request may have reached the server, by rules of this file alone; `extra` are resources by group. */
function isReading({ method, path }: RecordedRequest, extra: Record<string, string> = {}): boolean {
  const [raw = '', query = ''] = path.split('?');
  if (method === 'POST') return path === REVIEWS;
  if (method !== 'GET') return false;
  if (DISCOVERY.test(raw)) return query === '';
  const found = COLLECTION.exec(raw)?.groups;
  const allowedQuery = found?.['log'] === undefined ? QUERY : LOG_QUERY;
  const parameters = [...new URLSearchParams(query).keys()];
  return found !== undefined && isObject(found, extra) && parameters.every((one) => allowedQuery.has(one));
}

/** A list or an object of the table, with a namespace just where there has to be one. */
function isObject(found: Record<string, string | undefined>, extra: Record<string, string>): boolean {
  const { group = '', namespace: space, plural = '', name, log } = found;
  const resources = [READABLE, extra].flatMap((table) => table[group]?.split(' ') ?? []);
  const isPlaced = space !== undefined || name === undefined ? resources.includes(plural) : false;
  const isClusterScoped = space === undefined && resources.includes(`${plural}*`);
  const isLog = [group, plural].join('/') === '/pods' && space !== undefined;
  return (isPlaced || isClusterScoped) && (log === undefined || isLog) && [space, name].every(isSegment);
}

function isSegment(encoded: string | undefined): boolean {
  return encoded === undefined || SEGMENT.test(decodeURIComponent(encoded));
}

function forbiddenAmong(requests: readonly RecordedRequest[], extra: Record<string, string> = {}): string[] {
  return requests
    .filter((request) => !isReading(request, extra))
    .map(({ method, path }) => `${method} ${path}`);
}

describe('the referee of this file', () => {
  test.each([
    ['GET', '/apis'],
    ['GET', '/version'],
    ['GET', '/api/v1/pods?limit=500'],
    ['GET', '/api/v1/namespaces'],
    ['GET', '/api/v1/namespaces/apps'],
    ['GET', '/api/v1/nodes/worker-1'],
    ['GET', '/api/v1/namespaces/apps/pods/web-0'],
    ['GET', '/api/v1/namespaces/apps/pods/web-0/log?tailLines=5'],
    ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode'],
    ['POST', REVIEWS],
  ])('allows %s %s', (method, path) => {
    expect(isReading({ at: 0, method, path, userAgent: '' })).toBe(true);
  });

  test.each([
    ['POST', '/api/v1/namespaces/apps/pods'],
    ['PATCH', '/api/v1/namespaces/apps/pods/web-0'],
    ['DELETE', '/api/v1/namespaces/apps/pods/web-0'],
    ['POST', `${REVIEWS}?dryRun=All`],
    ['POST', '/apis/authentication.k8s.io/v1/tokenreviews'],
    ['GET', '/api/v1/secrets'],
    ['GET', '/api/v1/namespaces/apps/secrets/x'],
    ['GET', '/api/v1/pods/web-0'],
    ['GET', '/api/v1/namespaces/apps/nodes'],
    ['GET', '/api/v1/namespaces/apps/pods/web-0/exec'],
    ['GET', '/api/v1/nodes/worker-1/proxy'],
    ['GET', '/api/v1/nodes/worker-1/log'],
    ['GET', '/api/v1/namespaces/apps/pods/web-0/log?follow=true'],
    ['GET', '/api/v1/namespaces/../secrets'],
    ['GET', '/api/v1/namespaces/apps/pods/..%2f..%2fsecrets'],
    ['GET', '/api/v1/namespaces/apps/pods/%2e%2e'],
    ['GET', '/api/v1/namespaces/apps/pods/%252e%252e'],
    ['GET', '/apis/example.com/v1/things'],
    ['GET', '/logs'],
    ['GET', '/metrics'],
  ])('forbids %s %s', (method, path) => {
    expect(isReading({ at: 0, method, path, userAgent: '' })).toBe(false);
  });
});

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SPACE = 'allow-list';

/** What stands first is plausible and drawn more often, so that calls get through. */
const KINDS = [
  'Pod pods Deployment deploy nodes configmaps ks GitRepository clusterroles events',
  'Node events.events.k8s.io Namespace ServiceAccount crd apiservices leases svc hr',
  'Secret secrets SECRETS Secret.v1 secrets. secrets.core secrets.vault.test Secret.vault.test \u0455ecrets',
  'pods/exec pods/log pods/attach pods/portforward services/proxy nodes/proxy nodes/log serviceaccounts/token',
  'tokenreviews tokenrequests selfsubjectaccessreviews bindings pods/eviction componentstatuses',
  'certificatesigningrequests . .. ../secrets %2e%2e s%65crets pods?fieldSelector=x pods# pods/../secrets',
  '__proto__ constructor toString',
]
  .flatMap((line) => line.split(' '))
  .concat('', ' ', 'pods\u0000');

const NAMES = [
  `web ${SPACE} worker-1 default kube-system hidden secrets system:node a ${'x'.repeat(253)}`,
  '.. . ... ../secrets ../secrets/hidden ../../secrets ..%2fsecrets %2e%2e %2e%2e%2fsecrets %252e%252e ..;/secrets',
  '/api/v1/secrets //secrets a/b a/../../secrets/hidden a%2fb \\..\\secrets .%2e %2e. ．．／secrets',
  'web/exec web/log web/proxy web%2fexec web/token web/status web/scale exec proxy log',
  'x?watch=true x?follow=true&container=y x#y x&y=z x=y * ~ @ : ; x,y " \' % %zz %00 ü Ω 💥',
  `__proto__ constructor ${'y'.repeat(254)} ${'z'.repeat(5_000)}`,
]
  .flatMap((line) => line.split(' '))
  .concat('', ' ', 'x y', '\u202e', '\u0000', 'a\u0000b', 'a\r\nX-Evil: 1', '\n', '\t');

interface Fuzz {
  pick: <T>(from: readonly T[]) => T;
  maybe: <T>(value: T) => T | undefined;
}

/** How to call each tool. */
const CALLS: Record<string, (fuzz: Fuzz) => Record<string, unknown>> = {
  health_summary: ({ pick, maybe }) => ({
    namespace: maybe(pick(NAMES)),
    finding: maybe(pick(NAMES)),
    cursor: maybe(pick(NAMES)),
  }),
  reconciliation_status: ({ pick, maybe }) => ({
    namespace: maybe(pick(NAMES)),
    kind: maybe(pick(KINDS)),
    name: maybe(pick(NAMES)),
  }),
  resource_list: ({ pick, maybe }) => ({
    kind: pick(KINDS),
    namespace: maybe(pick(NAMES)),
    name: maybe(pick(NAMES)),
    selector: maybe(pick(NAMES)),
    cursor: maybe(pick(NAMES)),
  }),
  resource_get: ({ pick, maybe }) => ({
    kind: pick(KINDS),
    namespace: maybe(pick(NAMES)),
    name: pick(NAMES),
  }),
  event_list: ({ pick, maybe }) => ({
    namespace: maybe(pick(NAMES)),
    kind: maybe(pick(KINDS)),
    name: maybe(pick(NAMES)),
    type: maybe('Warning'),
  }),
  log_tail: ({ pick, maybe }) => ({
    namespace: pick(NAMES),
    pod: pick(NAMES),
    container: maybe(pick(NAMES)),
    previous: maybe(true),
    sinceMinutes: maybe(5),
  }),
  runbook_lookup: ({ pick, maybe }) => ({
    question: maybe(pick(NAMES)),
    alert: maybe(pick(NAMES)),
    runbookUrl: maybe(pick(NAMES)),
    runbook: maybe(pick(NAMES)),
    section: maybe(pick(NAMES)),
  }),
  upgrade_status: () => ({}),
  explain_resource: ({ pick, maybe }) => ({
    kind: pick(KINDS),
    namespace: maybe(pick(NAMES)),
    name: pick(NAMES),
  }),
  recent_changes: ({ pick, maybe }) => ({
    since: maybe(pick([...NAMES, '30d', '1h'])),
    namespace: maybe(pick(NAMES)),
    cursor: maybe(pick(NAMES)),
  }),
  access_audit: ({ pick, maybe }) => ({ namespace: maybe(pick(NAMES)), name: maybe(pick(NAMES)) }),
  backup_status: ({ pick, maybe }) => ({ namespace: maybe(pick(NAMES)) }),
  policy_explain: ({ pick, maybe }) => ({
    tool: maybe(pick(NAMES)),
    namespace: maybe(pick(NAMES)),
    kind: maybe(pick(KINDS)),
  }),
};

/** Tools that ask a cluster and a repository, or a repository alone. */
const REPOSITORY_CALLS: typeof CALLS = {
  drift_diff: ({ pick, maybe }) => ({
    kustomization: maybe(pick(NAMES)),
    kind: maybe(pick(KINDS)),
    name: maybe(pick(NAMES)),
    namespace: maybe(pick(NAMES)),
  }),
  disabled_services: ({ pick, maybe }) => ({ cursor: maybe(pick(NAMES)) }),
  secret_hygiene: ({ pick, maybe }) => ({
    revision: maybe(pick([...NAMES, 'main', '--upload-pack=x', 'HEAD~1', 'main:.sops.yaml'])),
    history: maybe(true),
    cursor: maybe(pick(NAMES)),
  }),
};

/** Calls every tool with what chance gives; answers the texts. */
async function fuzz(session: Session, seed: number, calls: number, among = CALLS): Promise<string[]> {
  const random = seeded(seed);
  const drawn: Fuzz = {
    pick: (from) => {
      const first = random() < 0.4 ? Math.min(10, from.length) : from.length;
      return from[Math.floor(random() * first)] as (typeof from)[number];
    },
    maybe: (value) => (random() < 0.5 ? value : undefined),
  };
  const inputs = Array.from({ length: calls }, (_, index) => {
    const [tool, input] = Object.entries(among)[index % Object.keys(among).length] ?? [];
    return { tool: tool ?? '', input: input?.(drawn) ?? {} };
  });
  const texts: string[] = [];
  for (let start = 0; start < inputs.length; start += 16) {
    const batch = inputs.slice(start, start + 16);
    const replies = await Promise.all(batch.map(({ tool, input }) => session.call(tool, input)));
    texts.push(...replies.map(({ text }, index) => `${JSON.stringify(batch[index])} ${text}`));
  }
  return texts;
}

/** Everything that the floor lets a policy allow, logs included. */
const GENEROUS = `apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: generous, version: 1}
principals:
  - {id: local, match: {transport: stdio}}
roles:
  operator: {members: [local]}
rules:
  - {id: all, effect: allow, roles: [operator], tools: ["*"], reason: whatever can be asked}
`;

describeCluster('the allow-list', (cluster) => {
  const policy = join(newFolder(), 'policy.yaml');
  const vault = permissiveCrd({
    group: 'vault.test',
    version: 'v1',
    kind: 'Secret',
    plural: 'secrets',
    namespaced: true,
  });
  const things = permissiveCrd({
    group: 'things.test',
    version: 'v1',
    kind: 'Thing',
    plural: 'things',
    namespaced: true,
  });
  let proxy: FaultProxy;

  beforeAll(async () => {
    writeFileSync(policy, GENEROUS);
    proxy = await startFaultProxy(cluster);
    await cluster.admin.installCrds([vault, things]);
    await cluster.admin.createAll([
      namespace(SPACE),
      ...deploymentTree('web', SPACE, { service: true }),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'hidden', namespace: SPACE },
        stringData: { key: 'PLANTED' },
      },
      {
        apiVersion: 'vault.test/v1',
        kind: 'Secret',
        metadata: { name: 'hidden', namespace: SPACE },
        spec: { key: 'PLANTED' },
      },
    ]);
  });
  beforeEach(() => {
    proxy.requests.length = 0;
  });
  afterAll(async () => {
    await Promise.all([vault, things].map((crd) => cluster.admin.remove(crd)));
    await proxy.close();
  });

  test.each([1, 2, 3])('holds for every tool, whatever is asked (seed %i)', async (seed) => {
    const session = await serveDaytwo(proxy.kubeconfig('admin'), { args: ['--policy', policy] });

    const texts = await fuzz(session, seed, 350);
    const tools = await session.tools();
    await session.close();

    expect(forbiddenAmong(proxy.requests)).toEqual([]);
    expect(Object.keys(CALLS).sort()).toEqual(tools.toSorted());
    expect(texts.filter((text) => text.includes('PLANTED'))).toEqual([]);
    expect(texts.filter((text) => /\} internal: /.test(text))).toEqual([]);
    // Had nothing got through, nothing would be proved.
    expect(texts.filter((text) => text.includes('"cluster":{')).length).toBeGreaterThan(50);
    expect(proxy.requests.filter(({ path }) => /\/pods\/[^/]+\/log\?/.test(path)).length).toBeGreaterThan(0);
    expect(proxy.requests.length).toBeGreaterThan(100);
  });

  test('holds for what asks a repository too, which tells no value of it', async () => {
    const shop = openWorkshop();
    const work = shop.repository('work');
    work.commit('Start', {
      'clusters/main/apps/kustomization.yaml': 'resources:\n  - web/ks.yaml\n  # - hidden/ks.yaml\n',
      'clusters/main/apps/web/secret.yaml': 'kind: Secret\nstringData:\n  password: PLANTED-h8Kq2Zz9wQ4v\n',
    });
    work.commit('Tidy up', { 'clusters/main/apps/web/secret.yaml': null });
    const args = ['--policy', policy, '--repo', shop.bare('remote', work).path];
    const session = await serveDaytwo(proxy.kubeconfig('admin'), {
      args: [...args, '--cache-dir', shop.folder('cache')],
    });

    const texts = await fuzz(session, 7, 120, REPOSITORY_CALLS);
    const { data } = await session.call('secret_hygiene', { history: true });
    const tools = await session.tools();
    await session.close();
    shop.remove();

    expect(tools).toEqual(expect.arrayContaining(Object.keys(REPOSITORY_CALLS)));
    expect(forbiddenAmong(proxy.requests)).toEqual([]);
    expect(texts.filter((text) => text.includes('PLANTED-'))).toEqual([]);
    expect(texts.filter((text) => /\} internal: /.test(text))).toEqual([]);
    expect(JSON.stringify(data?.['findings'])).toContain('clusters/main/apps/web/secret.yaml');
    expect(JSON.stringify(data)).not.toContain('PLANTED-');
  });

  test('knows no log without a rule of the policy', async () => {
    const session = await serveDaytwo(proxy.kubeconfig('admin'));

    const call = session.call('log_tail', { namespace: SPACE, pod: 'web' });
    await expect(call).rejects.toThrow('there is no tool named "log_tail"');
    await session.call('resource_get', { kind: 'pods/log', namespace: SPACE, name: 'web' });
    await session.call('resource_get', { kind: 'pods', namespace: SPACE, name: 'web/log' });
    await session.close();

    expect(proxy.requests.filter(({ path }) => path.includes('/log'))).toEqual([]);
    expect(forbiddenAmong(proxy.requests)).toEqual([]);
  });

  test('is widened by configured groups to their lists and objects, and never to Secrets', async () => {
    const groups = 'things.test,vault.test,authentication.k8s.io,authorization.k8s.io,certificates.k8s.io';
    const session = await serveDaytwo(proxy.kubeconfig('admin'), {
      args: ['--policy', policy, '--api-groups', groups],
    });

    const listed = await session.call('resource_list', { kind: 'things.things.test' });
    const vaulted = await session.call('resource_list', { kind: 'secrets.vault.test' });
    const got = await session.call('resource_get', {
      kind: 'secrets.vault.test',
      namespace: SPACE,
      name: 'hidden',
    });
    await fuzz(session, 5, 150);
    await session.close();

    const extra = { 'things.test': 'things', 'certificates.k8s.io': 'certificatesigningrequests*' };
    expect(forbiddenAmong(proxy.requests, extra)).toEqual([]);
    expect(listed.failed).toBe(false);
    expect(proxy.requests.some(({ path }) => path.startsWith('/apis/things.test/v1/things?'))).toBe(true);
    expect(vaulted.text).toMatch(/^denied: /);
    expect(got.text).toMatch(/^denied: /);
  });

  test('holds for every command', async () => {
    const file = join(newFolder(), 'snapshot.json');
    const kubeconfig = ['--kubeconfig', proxy.kubeconfig('admin'), '--audit-dir', newFolder()];
    const commands = [
      ['doctor'],
      ['rbac'],
      ['rbac', '--discover'],
      ['snapshot', file],
      ['policy', 'validate', policy],
    ];

    for (const command of commands) {
      const { code, stderr } = await runDaytwo([...kubeconfig, ...command]);
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
    }

    expect(forbiddenAmong(proxy.requests)).toEqual([]);
    expect(proxy.requests.filter(({ method }) => method === 'POST').length).toBeGreaterThan(100);
    expect(existsSync(file)).toBe(true);
    expect(proxy.requests.every(({ userAgent }) => userAgent.startsWith('daytwo'))).toBe(true);
  });
});
