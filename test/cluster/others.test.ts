import { afterEach, expect, it } from 'vitest';

import type { Listing } from '../../src/domain/cluster.ts';
import { isJudgeable } from '../../src/domain/health/other-kinds.ts';
import type { ClusterObject } from '../../src/domain/objects/meta.ts';
import { type Opened, namesIn, openReader } from './adapter-fixture.ts';
import { permissiveCrd } from './crds.ts';
import { describeCluster } from './describe-cluster.ts';
import type { Manifest } from './manifest.ts';

const signal = AbortSignal.timeout(600_000);
const GROUP = 'others.example.test';
const NAMESPACE = 'others';

const gadget: Manifest = {
  apiVersion: `${GROUP}/v1`,
  kind: 'Gadget',
  metadata: { name: 'one', namespace: NAMESPACE },
  spec: { token: 'hunter2' },
};

let opened: Opened | undefined;

afterEach(() => opened?.reader.close());

describeCluster('kinds without rules of their own on a live API server', (cluster) => {
  const { admin } = cluster;
  const crd = permissiveCrd({
    group: GROUP,
    version: 'v1',
    kind: 'Gadget',
    plural: 'gadgets',
    namespaced: true,
  });

  it('are kept current from their first use, and cost nothing when asked again', async () => {
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await admin.create(crd);
    await expect
      .poll(
        () =>
          admin.create(gadget).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    const sent: string[] = [];
    opened = openReader(cluster.kubeconfig('admin'), {
      extraGroups: [GROUP],
      observe: ({ method, url }) => void sent.push(`${method} ${new URL(url).pathname}`),
    });
    const { reader } = opened;
    const gadgets = async (): Promise<Listing<ClusterObject> | undefined> =>
      (await reader.listOthers(isJudgeable, signal)).find(({ kind }) => kind === 'Gadget');
    await expect.poll(gadgets, { timeout: 15_000 }).toMatchObject({ state: 'current' });
    const asksFor = async (): Promise<string[]> => {
      const before = sent.length;
      await gadgets();
      return sent.slice(before);
    };
    await expect.poll(asksFor, { timeout: 15_000, interval: 500 }).toEqual([]);
    const before = await gadgets();

    await admin.create({ ...gadget, metadata: { ...gadget.metadata, name: 'two' } });

    await expect
      .poll(async () => namesIn(NAMESPACE, (await gadgets())?.items ?? []), { timeout: 4_000 })
      .toEqual(['one', 'two']);
    expect(namesIn(NAMESPACE, before?.items ?? [])).toEqual(['one']);
    expect(JSON.stringify(before)).not.toContain('hunter2');
    expect((await gadgets())?.items).toBe((await gadgets())?.items);
  });

  it('are not asked for where their group is not read, and where they say nothing of health', async () => {
    opened = openReader(cluster.kubeconfig('admin'));
    const { reader, sent } = opened;

    const kinds = (await reader.listOthers(isJudgeable, signal)).map(({ kind }) => kind);

    expect(kinds).toContain('ReplicationController');
    expect(kinds).not.toContain('Gadget');
    expect(kinds).not.toContain('Pod');
    expect(kinds).not.toContain('Kustomization');
    expect(sent.filter((line) => /endpoints$|gadgets|secrets/.test(line))).toEqual([]);
  });
});
