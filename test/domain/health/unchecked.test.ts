import { describe, expect, it } from 'vitest';

import type { ListingState } from '#domain/cluster.ts';
import type { AnyObject } from '#domain/objects/index.ts';

import { rawProbe } from '../../cluster/crds/prometheus.ts';
import { rawReplicationSource } from '../../cluster/crds/volsync.ts';
import { ago, answerFor, pod, workload } from './objects.ts';
import { claim } from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

interface Row {
  what: string;
  objects: AnyObject[];
  states?: Record<string, ListingState>;
  /** What is named, in order. */
  named: string[];
}

const volsync = workload('Deployment', 'volsync', { namespace: 'volsync-system' });
const backup = [claim('data'), projected(rawReplicationSource(ago(9 * 60)), 90 * 24 * 60)];

const ROWS: Row[] = [
  { what: 'nothing where nothing probes', objects: [pod('web')], named: [] },
  {
    what: 'probe results where Gatus runs',
    objects: [workload('StatefulSet', 'gatus')],
    named: ['probe results'],
  },
  {
    what: 'probe results where the Blackbox exporter runs',
    objects: [workload('Deployment', 'prometheus-blackbox-exporter')],
    named: ['probe results'],
  },
  {
    what: 'probe results where a Probe asks for them',
    objects: [projected(rawProbe({ staticConfig: { static: ['https://a.example.test'] } }))],
    named: ['probe results'],
  },
  {
    what: 'probe results where it is not known whether anything probes',
    objects: [pod('web')],
    states: { Deployment: 'unknown' },
    named: ['probe results'],
  },
  { what: 'nothing of an operator that is seen', objects: [volsync, ...backup], named: [] },
  {
    what: 'objects whose operator is not seen',
    objects: backup,
    named: ['whether ReplicationSource is looked after'],
  },
];

describe('what no rule looks at', () => {
  it.each(ROWS)('names $what', async ({ objects, states, named }) => {
    const { unchecked = [] } = await answerFor(objects, {}, { states });

    expect(unchecked.map(({ what }) => what)).toEqual(named);
  });
});
