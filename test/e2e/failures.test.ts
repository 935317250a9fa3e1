import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import type { ClusterAccess } from '../cluster/access.ts';
import { pause } from '../cluster/api.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds, permissiveCrd } from '../cluster/crds.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../cluster/faults.ts';
import { forbiddenAmong, isOfDaytwo } from '../cluster/reads-only.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { helmRelease, kustomization } from '../cluster/seed.ts';
import { type Answer, ask, newFolder, serveDaytwo, timed, uncheckedOf, withUser } from '../support/daytwo.ts';
import { openInProcess } from '../support/in-process.ts';
import type { Session } from '../support/session.ts';
import { smallCluster, SPACE } from '../support/small-cluster.ts';
import { grantPrinted } from '../support/viewer.ts';

const LISTS = /^\/apis?\/.*\?(?!.*watch=true)/;
const WATCHES = /watch=true/;

function isInProcess({ userAgent }: { userAgent: string }): boolean {
  return userAgent === 'daytwo/test';
}
const DISCOVERY = /^\/apis?$/;

/** Watches are opened after the answer that needed their lists. */
const UNTIL_WATCHED_MS = 2_000;

/** How soon an answer is right again once the fault is gone. */
const RECOVERS_WITHIN_MS = 3_000;

type Asking = Pick<Session, 'call' | 'close'>;

function health(session: Pick<Session, 'call'>): Promise<Answer> {
  return ask(session, 'health_summary');
}

/** Resolves when health is healthy again; fails when that takes too long. */
async function recovers(session: Pick<Session, 'call'>, within = RECOVERS_WITHIN_MS): Promise<void> {
  const started = Date.now();
  const look = async (): Promise<Answer> => (await session.call('health_summary')).data ?? {};
  let last = await look();
  while (last.verdict !== 'healthy' && Date.now() - started < within) {
    await pause(250);
    last = await look();
  }
  expect({ verdict: last.verdict, unchecked: last.unchecked }).toEqual({ verdict: 'healthy' });
  expect((await ask(session, 'reconciliation_status')).verdict).toBe('reconciled');
}

/** Heals, and breaks what still hangs, as whoever mends a hanging server or load balancer does. */
async function unhang(proxy: FaultProxy): Promise<void> {
  await proxy.refuse();
  await proxy.heal();
}

/** Runs with a proxy and a session of its own. */
async function apart(
  cluster: ClusterAccess,
  body: (proxy: FaultProxy, session: Asking) => Promise<void>,
  kubeconfigOf = (proxy: FaultProxy) => proxy.kubeconfig('admin'),
): Promise<void> {
  const proxy = await startFaultProxy(cluster);
  const session = openInProcess(kubeconfigOf(proxy));
  try {
    await body(proxy, session);
  } finally {
    await session.close();
    await proxy.close();
  }
}

/** A user whose login plugin prints the token that is in a file. */
function pluginThatPrints(file: string): Record<string, unknown> {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const credential = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token: '%s' } });
  const args = ['-c', `printf '${credential}' "$(cat ${file})"`];
  return { exec: { apiVersion, command: 'sh', args, interactiveMode: 'Never' } };
}

async function listText(session: Pick<Session, 'call'>, kind: string): Promise<string> {
  return (await session.call('resource_list', { kind })).text;
}

function secondsOld({ asOf = '' }: Answer): number {
  return (Date.now() - Date.parse(asOf)) / 1_000;
}

describeCluster('failures', () => {
  let own: ControlPlane;
  let proxy: FaultProxy;
  const opened: Asking[] = [];

  beforeAll(async () => {
    own = await startControlPlane({ audit: true, users: ['first-login', 'second-login'] });
    await own.admin.installCrds(await fluxCrds());
    await own.admin.createAll(smallCluster());
    proxy = await startFaultProxy(own);
  });
  afterEach(async () => {
    await proxy.heal();
    for (const session of opened.splice(0)) await session.close();
  });
  afterAll(async () => {
    await proxy.close();
    await own.stop();
  });

  function fresh(kubeconfig = proxy.kubeconfig('admin')): Asking {
    const session = openInProcess(kubeconfig);
    opened.push(session);
    return session;
  }

  describe('before anything was read', () => {
    test.each<[string, RegExp, Fault, RegExp]>([
      [
        'lists',
        LISTS,
        { kind: 'status', code: 429, retryAfter: 60 },
        /^the API server is overloaded \(429\)/,
      ],
      ['lists', LISTS, { kind: 'status', code: 500 }, /^the API server answered 500: the fault proxy says/],
      ['lists', LISTS, { kind: 'garbage' }, /^the answer is not one of an API server/],
      ['lists', LISTS, { kind: 'truncated' }, /^the API server cannot be reached \(connection lost\)/],
      ['lists', LISTS, { kind: 'drop' }, /^the API server cannot be reached/],
      [
        'discovery',
        DISCOVERY,
        { kind: 'status', code: 403 },
        /^discover what the cluster serves: not permitted/,
      ],
      ['discovery', DISCOVERY, { kind: 'status', code: 429, retryAfter: 60 }, /^discover .*overloaded/],
      ['discovery', DISCOVERY, { kind: 'status', code: 500 }, /^discover .*answered 500/],
      ['discovery', DISCOVERY, { kind: 'garbage' }, /^discover .*not one of an API server/],
      ['discovery', DISCOVERY, { kind: 'truncated' }, /^discover .*cannot be reached/],
    ])(
      '%s answered by %s %j are unknown, with the reason, and known once it ends',
      async (_what, match, fault, why) => {
        const session = fresh();
        const healFault = proxy.fail(match, fault);

        const broken = await timed(session.call('health_summary'));
        const status = await ask(session, 'reconciliation_status');
        healFault();

        const unchecked = uncheckedOf(broken.data as Answer);
        expect(broken.data).toMatchObject({ verdict: 'unknown', findings: [] });
        expect(status.verdict).toBe('unknown');
        expect(broken.took).toBeLessThan(5_000);
        expect(unchecked.size).toBeGreaterThan(30);
        for (const reason of unchecked.values()) expect(reason).toMatch(why);
        await recovers(session);
      },
    );

    test('one kind that cannot be listed is the only gap', async () => {
      const session = fresh();
      proxy.fail(/^\/api\/v1\/pods\?/, { kind: 'status', code: 500 });

      const broken = await health(session);
      await proxy.heal();

      expect(broken.verdict).toBe('unknown');
      expect([...uncheckedOf(broken).keys()]).toEqual(['Pod']);
      expect(broken['components']).toMatchObject({
        rows: expect.arrayContaining([['node', 1, 0, 0, 0, 0, 0]]),
      });
      await recovers(session);
    });

    test('lists that are told to wait for a second do', async () => {
      const session = fresh();
      const healFault = proxy.fail(LISTS, { kind: 'status', code: 429, retryAfter: 1 });
      setTimeout(healFault, 500);

      const answer = await health(session);

      expect(answer.verdict).toBe('healthy');
    });

    test('a slow API server is waited for', async () => {
      const session = fresh();
      proxy.fail(/./, { kind: 'slow', ms: 300 });

      const answer = await timed(session.call('health_summary'));

      expect(answer.data).toMatchObject({ verdict: 'healthy' });
      expect(answer.took).toBeLessThan(10_000);
    });

    test('a call that takes longer than its deadline ends with a time-out, and the server lives on', async () => {
      const session = await serveDaytwo(proxy.kubeconfig('admin'), { args: ['--call-timeout', '2'] });
      opened.push(session);
      proxy.fail(/./, { kind: 'slow', ms: 3_000 });

      const reply = await timed(session.call('health_summary'));
      await proxy.heal();

      expect(reply.text).toMatch(/^timeout: no answer within 2 s.*\nhint: /);
      expect(reply.took).toBeLessThan(5_000);
      await recovers(session, 5_000);
    });
  });

  describe('while running', () => {
    let session: Session;
    let watched: number;

    beforeAll(async () => {
      session = await serveDaytwo(proxy.kubeconfig('admin'));
      const before = proxy.openWatches();
      await health(session);
      await pause(UNTIL_WATCHED_MS);
      watched = proxy.openWatches() - before;
    });
    beforeEach(async () => {
      await recovers(session);
      await vi.waitUntil(() => proxy.openWatches() >= watched, { timeout: UNTIL_WATCHED_MS });
    });
    afterAll(() => session.close());

    /** Makes a Kustomization fail, checks that it is known soon, and mends it. */
    async function expectFollowing(): Promise<void> {
      const broken = kustomization('apps', { state: 'failed', message: 'does not build' });
      await own.admin.setStatus(broken);
      await expect
        .poll(async () => JSON.stringify(await health(session)), { timeout: RECOVERS_WITHIN_MS })
        .toContain('does not build');
      await own.admin.setStatus(kustomization('apps'));
      await recovers(session);
    }

    test('an API server that is stopped is told with the age of what is known, and followed again', async () => {
      await own.stopApiServer();
      const stoppedAt = Date.now();
      const soon = await timed(session.call('health_summary'));
      await pause(4_000);

      const answer = await timed(session.call('health_summary'));
      const status = await ask(session, 'reconciliation_status');
      const pods = await ask(session, 'resource_list', { kind: 'pods' });
      const uncached = await session.call('resource_get', { kind: 'configmap', namespace: SPACE, name: 'x' });
      await own.startApiServer();

      // A connection that was just lost is given the time that opening a new one takes.
      expect(soon.took).toBeLessThan(5_000);
      expect(answer.took).toBeLessThan(5_000);
      expect(answer.data).toMatchObject({ verdict: 'unknown', findings: [] });
      const unchecked = uncheckedOf(answer.data as Answer);
      expect(unchecked.size).toBeGreaterThan(35);
      for (const reason of unchecked.values())
        expect(reason).toMatch(/cannot be reached \(connection (refused|reset|lost)\)/);
      expect(Date.parse((answer.data as Answer).asOf ?? '')).toBeLessThan(stoppedAt + 100);
      expect(secondsOld(status)).toBeGreaterThan(3);
      expect(status).toMatchObject({
        verdict: 'unknown',
        totals: { rows: expect.arrayContaining([['Kustomization', 1, 1]]) },
      });
      expect(pods).toMatchObject({ resources: { total: expect.any(Number) } });
      expect((pods['resources'] as { total: number }).total).toBeGreaterThan(3);
      expect(uncheckedOf(pods).has('Pod')).toBe(true);
      expect(uncached.text).toMatch(/^unavailable: get configmaps apps\/x: the API server cannot be reached/);
      await recovers(session);
      await expectFollowing();
    });

    test('an API server that is frozen is not taken for a quiet one', async () => {
      own.pause();
      await pause(11_000);

      const answer = await timed(session.call('health_summary'));
      own.resume();

      expect(answer.took).toBeLessThan(5_000);
      expect(answer.data).toMatchObject({ verdict: 'unknown' });
      expect(secondsOld(answer.data as Answer)).toBeGreaterThan(8);
      for (const reason of uncheckedOf(answer.data as Answer).values())
        expect(reason).toBe('the API server does not answer');
      await recovers(session);
      await expectFollowing();
    });

    test.each<[string, () => number]>([
      ['dropped', () => proxy.dropWatches()],
      ['ended by 410', () => proxy.expireWatches()],
    ])('watches that are %s are opened again, and nobody notices', async (_how, end) => {
      const ended = end();

      const answer = await health(session);

      expect(ended).toBeGreaterThan(30);
      expect(answer).toMatchObject({ verdict: 'healthy' });
      expect(answer.unchecked).toBeUndefined();
      await expectFollowing();
    });

    test('watches that answer 410 when opened are listed anew', async () => {
      const healFault = proxy.fail(WATCHES, { kind: 'status', code: 410 });
      const dropped = proxy.dropWatches();
      await pause(1_000);
      healFault();

      expect(dropped).toBeGreaterThan(30);
      await recovers(session);
      await expectFollowing();
    });

    test('watches that are forbidden are replaced by lists', async () => {
      const before = proxy.requests.length;
      const polling = fresh();
      await recovers(polling);
      const watches = (): number =>
        proxy.requests.slice(before).filter((one) => isInProcess(one) && WATCHES.test(one.path)).length;
      await expect.poll(watches, { timeout: 5_000 }).toBeGreaterThan(30);
      await pause(500);
      proxy.fail(WATCHES, { kind: 'status', code: 403 });
      const dropped = proxy.dropWatches(isInProcess);

      expect(dropped).toBeGreaterThan(30);
      await recovers(polling);
    });

    test('what may no longer be listed is not shown any longer', async () => {
      const healFault = proxy.fail(/^\/api\/v1\/pods\?/, { kind: 'status', code: 403 });
      proxy.expireWatches(/pods/);

      await expect
        .poll(async () => uncheckedOf(await health(session)).get('Pod'), { timeout: 5_000 })
        .toMatch(/^not permitted/);
      const pods = await ask(session, 'resource_list', { kind: 'pods' });
      healFault();

      expect(pods).toMatchObject({ resources: { total: 0 } });
      await recovers(session);
    });

    test('discovery that fails changes nothing about what is known', async () => {
      proxy.fail(DISCOVERY, { kind: 'status', code: 500 });

      const answer = await health(session);

      expect(answer.verdict).toBe('healthy');
    });

    test('a kind comes and goes with its CRD', async () => {
      const crd = permissiveCrd({
        group: 'gadgets.test',
        version: 'v1',
        kind: 'Gadget',
        plural: 'gadgets',
        namespaced: false,
      });
      const soon = { timeout: RECOVERS_WITHIN_MS };
      const before = await listText(session, 'gadgets');

      await own.admin.installCrds([crd]);
      await expect
        .poll(() => listText(session, 'gadgets'), soon)
        .toContain('daytwo does not read gadgets.gadgets.test');
      await own.admin.remove(crd);
      await own.admin.waitFor(crd, (found) => found === undefined);
      await expect
        .poll(() => listText(session, 'gadgets'), soon)
        .toMatch(/^not_found: the cluster serves no kind "gadgets"/);

      expect(before).toMatch(/^not_found: the cluster serves no kind "gadgets"/);
    });

    test('a Flux kind comes and goes with its CRD', async () => {
      const crd = (await fluxCrds()).find(({ metadata: { name } }) =>
        name.startsWith('helmreleases.'),
      ) as Manifest;
      const totals = async () => JSON.stringify((await ask(session, 'reconciliation_status'))['totals']);
      const soon = { timeout: RECOVERS_WITHIN_MS };

      await own.admin.remove(crd);
      await own.admin.waitFor(crd, (found) => found === undefined);
      await expect.poll(totals, soon).not.toContain('HelmRelease');
      const without = await health(session);
      await own.admin.installCrds([crd]);
      await own.admin.createAll([
        helmRelease('charted', { namespace: SPACE, state: 'failed', message: 'no such chart' }),
      ]);

      await expect
        .poll(async () => JSON.stringify(await health(session)), soon)
        .toContain('"verdict":"failed"');
      expect(without.verdict).toBe('healthy');
      expect(without.unchecked).toBeUndefined();
      await own.admin.setStatus(helmRelease('charted', { namespace: SPACE }));
    });

    test('an aggregated API that does not answer is a finding, and its kinds are not said to be absent', async () => {
      const service = {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.dead.test' },
        spec: {
          group: 'dead.test',
          version: 'v1',
          service: { namespace: SPACE, name: 'nowhere', port: 443 },
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
        },
      };
      await own.admin.create(service);
      const findings = async () => JSON.stringify((await health(session))['findings']);
      await expect.poll(findings, { timeout: 10_000 }).toContain('APIService/v1.dead.test');
      const things = () => listText(session, 'things.dead.test');
      await expect.poll(things, { timeout: 10_000 }).toContain('These groups do not answer now: dead.test');

      const answer = await health(session);
      const pods = await ask(session, 'resource_list', { kind: 'pods' });
      await own.admin.remove(service);

      expect(answer.verdict).toBe('failed');
      expect(await findings()).toBeDefined();
      expect(uncheckedOf(pods).get('API group dead.test')).toBe('its API server does not answer');
      await expect.poll(findings, { timeout: 10_000 }).toBe('[]');
    });
  });

  /** Tests that mostly wait do so at the same time, each with a proxy and a session of its own. */
  describe.concurrent('each by itself', () => {
    beforeAll(async () => {
      await Promise.all(['first-login', 'second-login'].map((user) => grantPrinted(own.admin, user)));
    });

    test.each([
      ['lists', LISTS, /^(discover .*: )?the API server did not answer in time$/],
      ['discovery', DISCOVERY, /^discover .*: the API server did not answer in time$/],
    ])('%s that hang are unknown after one deadline, whatever their number', (_what, match, why) =>
      apart(own, async (hanging, session) => {
        hanging.fail(match, { kind: 'hang' });

        const first = await timed(session.call('health_summary'));
        const second = await timed(session.call('health_summary'));
        await unhang(hanging);

        expect(first.data).toMatchObject({ verdict: 'unknown', findings: [] });
        for (const reason of uncheckedOf(first.data as Answer).values()) expect(reason).toMatch(why);
        expect(first.took).toBeLessThan(12_000);
        expect(second.data).toMatchObject({ verdict: 'unknown' });
        expect(second.took).toBeLessThan(5_000);
        await recovers(session);
      }),
    );

    test.each<[string, Fault, RegExp]>([
      ['500', { kind: 'status', code: 500 }, /^the API server answered 500/],
      ['429', { kind: 'status', code: 429, retryAfter: 60 }, /^the API server is overloaded/],
      ['garbage', { kind: 'garbage' }, /^the connection ends as soon as it is open$/],
      ['nothing: dropped', { kind: 'drop' }, /^the API server cannot be reached/],
      ['nothing: hanging', { kind: 'hang' }, /connection(?: to the API server was)? lost/],
    ])('watches that answer %s leave what is known, with its age', (_what, fault, why) =>
      apart(own, async (failing, session) => {
        await recovers(session);
        failing.fail(WATCHES, fault);
        failing.dropWatches();
        await pause(4_000);

        const answer = await timed(session.call('health_summary'));
        await unhang(failing);

        expect(answer.took).toBeLessThan(5_000);
        expect(answer.data).toMatchObject({ verdict: 'unknown', findings: [] });
        for (const reason of uncheckedOf(answer.data as Answer).values()) expect(reason).toMatch(why);
        expect(secondsOld(answer.data as Answer)).toBeGreaterThan(3);
        await recovers(session);
      }),
    );

    test.each([
      ['the token file', (file: string) => ({ tokenFile: file })],
      ['the login plugin', pluginThatPrints],
    ])('a login that expires is said to have, and %s is asked for another', (_what, userOf) => {
      const file = join(newFolder(), 'token');
      const { 'first-login': old = '', 'second-login': renewed = '' } = own.endpoint.tokens;
      writeFileSync(file, old);
      return apart(
        own,
        async (refusing, session) => {
          await recovers(session);
          refusing.fail(({ token }) => token === old, { kind: 'status', code: 401 });
          refusing.dropWatches();
          await pause(4_000);

          const expired = await timed(session.call('health_summary'));
          writeFileSync(file, renewed);

          expect(expired.took).toBeLessThan(5_000);
          expect(expired.data).toMatchObject({ verdict: 'unknown' });
          for (const reason of uncheckedOf(expired.data as Answer).values()) {
            expect(reason).toMatch(/^the API server does not accept this login/);
          }
          expect(secondsOld(expired.data as Answer)).toBeGreaterThan(3);
          await recovers(session);
          expect(refusing.requests.at(-1)?.token).toBe(renewed);
        },
        (refusing) => withUser(refusing.kubeconfig('limited'), userOf(file)),
      );
    });
  });

  test('nothing of all this was more than reading', async () => {
    const entries = (await own.auditEntries()).filter(isOfDaytwo);

    expect(forbiddenAmong(entries)).toEqual([]);
    expect(entries.length).toBeGreaterThan(1_000);
  });
});
