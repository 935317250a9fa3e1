import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds, permissiveCrd } from '../cluster/crds.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { grant, type PolicyRule } from '../cluster/rbac.ts';
import { forbiddenAmong, isOfDaytwo } from '../cluster/reads-only.ts';
import { type Answer, ask, newFolder, runDaytwo, serveDaytwo, uncheckedOf } from '../support/daytwo.ts';
import { openInProcess } from '../support/in-process.ts';
import type { Session } from '../support/session.ts';
import { breakage, smallCluster, SPACE } from '../support/small-cluster.ts';
import { grantPrinted, printedRules } from '../support/viewer.ts';

type Rules = Awaited<ReturnType<typeof printedRules>>;

/** Part of the role that is taken away: what health then cannot check, and the components whose counts may change. */
interface Piece {
  name: string;
  kinds: string[];
  components: string[];
}

const GROUPS: Piece[] = [
  {
    name: '',
    kinds: [
      'Event',
      'Namespace',
      'Node',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'Pod',
      'ReplicationController',
      'Service',
    ],
    components: ['node', 'storage', 'network', 'workload'],
  },
  { name: 'apps', kinds: ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'], components: ['workload'] },
  { name: 'batch', kinds: ['CronJob', 'Job'], components: ['job'] },
  { name: 'autoscaling', kinds: ['HorizontalPodAutoscaler'], components: ['scaling'] },
  { name: 'policy', kinds: ['PodDisruptionBudget'], components: ['scaling'] },
  { name: 'discovery.k8s.io', kinds: ['EndpointSlice'], components: [] },
  {
    name: 'networking.k8s.io',
    kinds: ['Ingress', 'IngressClass', 'ServiceCIDR'],
    components: ['network', 'other'],
  },
  { name: 'storage.k8s.io', kinds: ['StorageClass', 'VolumeAttachment'], components: [] },
  { name: 'apiextensions.k8s.io', kinds: ['CustomResourceDefinition'], components: ['control-plane'] },
  { name: 'apiregistration.k8s.io', kinds: ['APIService'], components: ['control-plane'] },
  {
    name: 'admissionregistration.k8s.io',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingWebhookConfiguration'],
    components: ['control-plane'],
  },
  {
    name: 'source.toolkit.fluxcd.io',
    kinds: ['Bucket', 'ExternalArtifact', 'GitRepository', 'HelmChart', 'HelmRepository', 'OCIRepository'],
    components: ['flux'],
  },
  { name: 'kustomize.toolkit.fluxcd.io', kinds: ['Kustomization'], components: ['flux'] },
  { name: 'helm.toolkit.fluxcd.io', kinds: ['HelmRelease'], components: ['flux'] },
  { name: 'notification.toolkit.fluxcd.io', kinds: ['Alert', 'Provider', 'Receiver'], components: ['flux'] },
  {
    name: 'image.toolkit.fluxcd.io',
    kinds: ['ImagePolicy', 'ImageRepository', 'ImageUpdateAutomation'],
    components: ['flux'],
  },
];

const RESOURCES: Piece[] = [
  { name: 'pods', kinds: ['Pod'], components: ['workload'] },
  { name: 'nodes', kinds: ['Node'], components: ['node'] },
  { name: 'services', kinds: ['Service'], components: ['network'] },
  { name: 'events', kinds: ['Event'], components: [] },
  { name: 'persistentvolumeclaims', kinds: ['PersistentVolumeClaim'], components: ['storage'] },
  { name: 'deployments', kinds: ['Deployment'], components: ['workload'] },
];

/** What one user is told. */
interface Told {
  health: Answer;
  status: Answer;
  /** Answers of the tools that read much of a cluster, by name. */
  others: Map<string, Answer>;
}

/** What each reads of the pieces that are taken away, and so names as a gap. */
const OTHERS: Record<string, readonly string[]> = {
  upgrade_status: ['Node'],
  backup_status: ['PersistentVolumeClaim'],
  access_audit: ['Service'],
  recent_changes: ['Pod', 'Node', 'Event'],
};

function withoutGroup(rules: Rules, group: string): Rules {
  return rules.filter(({ apiGroups }) => apiGroups[0] !== group);
}

function withoutResource(rules: Rules, resource: string): Rules {
  const remaining = rules.map((rule) => ({
    ...rule,
    resources: rule.resources.filter((name) => name !== resource),
  }));
  return remaining.filter(({ resources }) => resources.length > 0);
}

/** Counts of each component, by its name. */
function countsIn({ components }: Answer): Map<string, unknown> {
  const { rows } = components as { rows: [string, ...number[]][] };
  return new Map(rows.map(([component, ...counts]) => [component, counts]));
}

/** Rows of the totals of Flux objects, but those of some kinds. */
function totalsBut(kinds: readonly string[], { totals }: Answer): unknown[] {
  return (totals as { rows: [string, ...number[]][] }).rows.filter(([kind]) => !kinds.includes(kind));
}

/** Findings by ref; evidence may be less when its source cannot be read. */
function findingsIn({ findings }: Answer): Map<string, unknown> {
  const all = findings as { ref: string; state: string; reason: string; message: string }[];
  return new Map(all.map(({ ref, state, reason, message }) => [ref, { state, reason, message }]));
}

async function told(kubeconfig: string): Promise<Told> {
  const session = openInProcess(kubeconfig);
  try {
    const health = await ask(session, 'health_summary');
    const others = new Map<string, Answer>();
    for (const tool of Object.keys(OTHERS)) others.set(tool, await ask(session, tool));
    return { health, status: await ask(session, 'reconciliation_status'), others };
  } finally {
    await session.close();
  }
}

describeCluster('permissions', () => {
  let own: ControlPlane;
  let rules: Rules;

  beforeAll(async () => {
    own = await startControlPlane({ audit: true });
    await own.admin.installCrds(await fluxCrds());
    await own.admin.createAll(smallCluster());
    rules = await printedRules();
  });
  afterAll(() => own.stop());

  /** What a user with these rules is told. */
  async function toldWith(user: string, given: readonly PolicyRule[]): Promise<Told> {
    await grant(own.admin, user, given);
    return told(own.kubeconfigWithClientCert(user));
  }

  describe('exactly the role that rbac prints', () => {
    let session: Session;

    beforeAll(async () => {
      await grantPrinted(own.admin, 'viewer');
      session = await serveDaytwo(own.kubeconfigWithClientCert('viewer'));
    });
    afterAll(() => session.close());

    test('is enough for the summaries', async () => {
      const health = await ask(session, 'health_summary');
      const status = await ask(session, 'reconciliation_status');

      expect(health).toMatchObject({ verdict: 'healthy', findings: [] });
      expect(status).toMatchObject({ verdict: 'reconciled' });
      expect([health.unchecked, status.unchecked]).toEqual([undefined, undefined]);
    });

    test('is enough to list every kind it names', async () => {
      const resources = rules.flatMap(({ apiGroups: [group = ''], resources: all }) =>
        all.map((plural) => (group === '' ? plural : `${plural}.${group}`)),
      );

      const answers = await Promise.all(
        resources.map(async (kind) => ({ kind, ...(await session.call('resource_list', { kind })) })),
      );

      const listed = answers.filter(({ failed }) => !failed);
      const notServed = answers.filter(({ failed }) => failed);
      expect(listed.filter(({ data }) => data?.['unchecked'] !== undefined)).toEqual([]);
      expect(listed.length).toBeGreaterThan(50);
      expect(notServed.filter(({ text }) => !text.includes('the cluster serves no kind'))).toEqual([]);
    });

    test('is enough to get an object of every kind, with its events', async () => {
      const objects = smallCluster().filter(({ kind }) => kind !== 'Event');

      const replies = await Promise.all(
        objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => {
          const group = apiVersion.split('/').length > 1 ? `.${apiVersion.split('/')[0]}` : '';
          return session.call('resource_get', { kind: `${kind}${group}`, namespace, name });
        }),
      );

      expect(replies.filter(({ failed, data }) => failed || data?.['unchecked'] !== undefined)).toEqual([]);
    });

    test('is enough for events', async () => {
      const answer = await ask(session, 'event_list', { type: 'Warning' });

      expect(answer.unchecked).toBeUndefined();
      expect(JSON.stringify(answer['events'])).toContain('Rebooted');
    });

    test('is enough for logs where the policy allows them', async () => {
      const policy = join(newFolder(), 'policy.yaml');
      const shipped = readFileSync(join(import.meta.dirname, '../../policy/policy.yaml'), 'utf8');
      const rule =
        '\n  - {id: logs, effect: allow, roles: [operator], tools: [log_tail], namespaces: ["*"], reason: asked}\n';
      writeFileSync(policy, shipped + rule);
      await grantPrinted(own.admin, 'log-viewer', ['--policy', policy]);
      const kubeconfig = own.kubeconfigWithClientCert('log-viewer');
      const reader = await serveDaytwo(kubeconfig, { args: ['--policy', policy] });
      const pod = smallCluster().find(({ kind }) => kind === 'Pod')?.metadata;

      const reply = await reader.call('log_tail', { namespace: pod?.namespace, pod: pod?.name });
      await reader.close();

      // There is no kubelet to read it from, but permission there is.
      expect(reply.text).not.toMatch(/^denied/);
      const [entry] = (await own.auditEntries('log-viewer')).filter(
        ({ subresource }) => subresource === 'log',
      );
      expect(entry).toMatchObject({ verb: 'get', resource: 'pods', name: pod?.name });
      expect(entry?.code).not.toBe(403);
    });

    test('satisfies doctor', async () => {
      const args = ['--kubeconfig', own.kubeconfigWithClientCert('viewer'), '--audit-dir', newFolder()];

      const { code, stdout } = await runDaytwo([...args, 'doctor']);

      expect(code).toBe(0);
      expect(stdout).not.toMatch(/FAIL|WARN/);
    });

    test('is used for nothing but get, list, watch and reviews of own permissions', async () => {
      const entries = await own.auditEntries('viewer');

      expect(forbiddenAmong(entries)).toEqual([]);
      expect([...new Set(entries.map(({ verb }) => verb))].sort()).toEqual([
        'create',
        'get',
        'list',
        'watch',
      ]);
      expect(entries.filter(({ resource }) => resource === 'secrets')).toEqual([]);
      expect(entries.filter(({ code }) => code === 403)).toEqual([]);
    });
  });

  describe('the role for what the cluster serves', () => {
    let admin: string[];

    beforeAll(() => {
      admin = ['--kubeconfig', own.kubeconfig('admin')];
    });

    test('is part of the whole one, and is enough', async () => {
      const discovered = await printedRules(admin, ['--discover']);
      const { health } = await toldWith('discovered', discovered);

      const whole = new Map(rules.map(({ apiGroups: [group], resources }) => [group, resources]));
      const beyond = discovered.filter(
        ({ apiGroups: [group], resources }) => !resources.every((name) => whole.get(group)?.includes(name)),
      );
      expect(beyond).toEqual([]);
      expect(discovered.length).toBeLessThan(rules.length);
      expect(discovered.flatMap(({ apiGroups }) => apiGroups)).not.toContain('longhorn.io');
      expect(health).toMatchObject({ verdict: 'healthy' });
      expect(health.unchecked).toBeUndefined();
    });

    test('follows what is installed, groups of one’s own included', async () => {
      const crds = [
        permissiveCrd({
          group: 'longhorn.io',
          version: 'v1beta2',
          kind: 'Volume',
          plural: 'volumes',
          namespaced: true,
        }),
        permissiveCrd({
          group: 'own.test',
          version: 'v1',
          kind: 'Widget',
          plural: 'widgets',
          namespaced: false,
        }),
      ];
      await own.admin.installCrds(crds);
      await own.admin.create({ apiVersion: 'own.test/v1', kind: 'Widget', metadata: { name: 'one' } });
      const ownGroup = ['--api-groups', 'own.test'];

      const discovered = await printedRules([...admin, ...ownGroup], ['--discover']);
      await grant(own.admin, 'widget-viewer', discovered);
      const session = await serveDaytwo(own.kubeconfigWithClientCert('widget-viewer'), { args: ownGroup });
      const widgets = await ask(session, 'resource_list', { kind: 'widgets' });
      await session.close();

      expect(discovered).toContainEqual(
        expect.objectContaining({ apiGroups: ['longhorn.io'], resources: ['volumes'] }),
      );
      expect(discovered).toContainEqual({
        apiGroups: ['own.test'],
        resources: ['widgets'],
        verbs: ['get', 'list', 'watch'],
      });
      expect(widgets).toMatchObject({ resources: { total: 1 } });
      expect(widgets.unchecked).toBeUndefined();
      await Promise.all(crds.map((crd) => own.admin.remove(crd)));
      await Promise.all(crds.map((crd) => own.admin.waitFor(crd, (found) => found === undefined)));
    });
  });

  describe('less than the role, in a healthy cluster', () => {
    const answers = new Map<string, Told>();
    let whole: Told;

    beforeAll(async () => {
      const limit = pLimit(3);
      whole = await toldWith('whole', rules);
      const of = (name: string, given: Rules) =>
        limit(async () => answers.set(name, await toldWith(`without-${name || 'core'}`, given)));
      await Promise.all([
        ...GROUPS.map(({ name }) => of(name, withoutGroup(rules, name))),
        ...RESOURCES.map(({ name }) => of(name, withoutResource(rules, name))),
      ]);
    });

    test.each([...GROUPS, ...RESOURCES])(
      'without "$name" names the gap and is not healthy',
      ({ name, kinds }) => {
        const { health } = answers.get(name) as Told;
        const unchecked = uncheckedOf(health);

        expect(health.verdict).toBe('unknown');
        expect([...unchecked.keys()].sort()).toEqual(kinds);
        for (const why of unchecked.values())
          expect(why).toMatch(/^not permitted: User "\S+" cannot list it at the cluster scope$/);
        expect(String((health['summary'] as string[])[0])).toMatch(
          /^unknown: nothing wrong is seen, but .* could not be read/,
        );
      },
    );

    test.each([...GROUPS, ...RESOURCES])(
      'without "$name" still tells the rest',
      ({ name, kinds, components }) => {
        const { health, status } = answers.get(name) as Told;
        const [before, after] = [countsIn(whole.health), countsIn(health)];
        for (const component of components) for (const counts of [before, after]) counts.delete(component);

        expect(after).toEqual(before);
        expect(health).toMatchObject({ total: 0, findings: [] });
        expect(totalsBut(kinds, status)).toEqual(totalsBut(kinds, whole.status));
      },
    );

    test.each(RESOURCES)(
      'without "$name" each tool that reads it names the gap, and the others none',
      ({ name, kinds }) => {
        const { others } = answers.get(name) as Told;

        for (const [tool, read] of Object.entries(OTHERS)) {
          const gaps = uncheckedOf(others.get(tool) as Answer);
          const before = uncheckedOf(whole.others.get(tool) as Answer);
          const fresh = [...gaps.keys()].filter((kind) => !before.has(kind));
          for (const kind of kinds.filter((one) => read.includes(one)))
            expect({ tool, kind, isNamed: gaps.get(kind)?.startsWith('not permitted') }).toEqual({
              tool,
              kind,
              isNamed: true,
            });
          expect({
            tool,
            fresh: fresh.filter((kind) => !kinds.includes(kind) && !/hand-made/.test(kind)),
          }).toEqual({ tool, fresh: [] });
        }
      },
    );

    test.each(GROUPS.filter(({ components }) => components.includes('flux')))(
      'without "$name" reconciliation is not known to be well',
      ({ name, kinds }) => {
        const { status } = answers.get(name) as Told;

        expect(status.verdict).toBe('unknown');
        expect([...uncheckedOf(status).keys()].sort()).toEqual(kinds);
        expect((status['summary'] as string[]).join()).toContain(
          `Not fully read: ${kinds[0]} (not permitted: `,
        );
      },
    );

    test('without watch on anything tells the same', async () => {
      const { health, status } = await toldWith(
        'lister',
        rules.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== 'watch') })),
      );

      expect(health.verdict).toBe('healthy');
      expect(health.unchecked).toBeUndefined();
      expect(countsIn(health)).toEqual(countsIn(whole.health));
      expect(status['totals']).toEqual(whole.status['totals']);
    });

    test('without anything is unknown throughout', async () => {
      const { health, status } = await toldWith('nobody', []);

      expect([health.verdict, status.verdict]).toEqual(['unknown', 'unknown']);
      expect(uncheckedOf(health).size).toBeGreaterThan(35);
    });

    test('in one namespace only still reads that one', async () => {
      await grant(own.admin, 'namespaced', rules, SPACE);
      const session = openInProcess(own.kubeconfigWithClientCert('namespaced'));

      const health = await ask(session, 'health_summary');
      const pods = await ask(session, 'resource_list', { kind: 'pods', namespace: SPACE });
      const events = await ask(session, 'event_list', { namespace: SPACE });
      const pod = await session.call('resource_get', { kind: 'deployment', namespace: SPACE, name: 'web' });
      const elsewhere = await session.call('resource_get', {
        kind: 'deployment',
        namespace: 'flux-system',
        name: 'source-controller',
      });
      await session.close();

      expect(health.verdict).toBe('unknown');
      expect(pods).toMatchObject({ resources: { total: 3 } });
      expect([pods.unchecked, events.unchecked]).toEqual([undefined, undefined]);
      expect(pod.failed).toBe(false);
      expect(elsewhere.text).toMatch(
        /^denied: get deployments\.apps flux-system\/source-controller: not permitted/,
      );
    });

    test('says so of a kind that is asked for', async () => {
      await grant(own.admin, 'without-nodes-again', withoutResource(rules, 'nodes'));
      const session = openInProcess(own.kubeconfigWithClientCert('without-nodes-again'));

      const list = await ask(session, 'resource_list', { kind: 'nodes' });
      const get = await session.call('resource_get', { kind: 'node', name: 'worker-1' });
      await session.close();

      expect(uncheckedOf(list).get('Node')).toContain('not permitted');
      expect(get.text).toMatch(/^denied: get nodes worker-1: not permitted.*\nhint: .*daytwo doctor/);
    });
  });

  describe('less than the role, in a broken cluster', () => {
    let whole: Told;

    beforeAll(async () => {
      await own.admin.createAll(breakage());
      whole = await toldWith('whole', rules);
    });

    test('with the whole role names both faults', () => {
      expect(whole.health.verdict).toBe('failed');
      expect([...findingsIn(whole.health).keys()]).toEqual(
        expect.arrayContaining([`Deployment/${SPACE}/broken`, 'Kustomization/flux-system/unbuilt']),
      );
    });

    test.each([
      'batch',
      'autoscaling',
      'policy',
      'networking.k8s.io',
      'storage.k8s.io',
      'apiextensions.k8s.io',
    ])('without %s finds the same', async (group) => {
      const { health, status } = await toldWith(`broken-without-${group}`, withoutGroup(rules, group));

      expect(health.verdict).toBe('failed');
      expect(findingsIn(health)).toEqual(findingsIn(whole.health));
      expect(status['problems']).toEqual(whole.status['problems']);
    });

    test('without Kustomizations still finds the crash', async () => {
      const group = 'kustomize.toolkit.fluxcd.io';
      const { health } = await toldWith('broken-without-flux', withoutGroup(rules, group));

      const crash = `Deployment/${SPACE}/broken`;
      expect(health.verdict).toBe('degraded');
      expect([...findingsIn(health)]).toEqual([[crash, findingsIn(whole.health).get(crash)]]);
      expect([...uncheckedOf(health).keys()]).toEqual(['Kustomization']);
    });

    test('without apps still finds the crash by its pod, and what does not build', async () => {
      const { health, status } = await toldWith('broken-without-apps', withoutGroup(rules, 'apps'));

      expect(health.verdict).toBe('failed');
      expect(findingsIn(health).get('Kustomization/flux-system/unbuilt')).toBeDefined();
      expect(JSON.stringify(health['findings'])).toContain('panic: no configuration');
      expect(status['problems']).toEqual(whole.status['problems']);
    });
  });

  test('nothing of all this was more than reading', async () => {
    const entries = (await own.auditEntries()).filter(isOfDaytwo);

    expect(forbiddenAmong(entries)).toEqual([]);
    expect(new Set(entries.map(({ user }) => user)).size).toBeGreaterThan(30);
  });
});
