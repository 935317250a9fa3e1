import { describe, expect, it } from 'vitest';

import type { Plan } from '#domain/objects/upgrade.ts';
import { nodeVersions } from '#domain/upgrades/node-versions.ts';
import { planMatch } from '#domain/upgrades/plan-match.ts';

import { rawPlan } from '../../cluster/crds/upgrade.ts';
import { ago } from '../health/objects.ts';
import { projected, talosNode } from '../health/upgrade-objects.ts';

const ZONES = 'topology.kubernetes.io/zone';

const nodes = [
  talosNode('a', 'v1.13.8', { labels: { [ZONES]: 'east', gpu: 'yes' } }),
  talosNode('b', 'v1.13.8', { labels: { [ZONES]: 'west' } }),
  talosNode('c', 'v1.13.8'),
];

const matchOf = (nodeSelector: object | undefined, all = nodes) =>
  planMatch(projected(rawPlan({ at: ago(60), spec: { nodeSelector } })) as Plan, nodeVersions(all, []));

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name).join(' ');

const expression = (operator: string, key: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});

describe('the nodes that a selector picks', () => {
  it.each<[what: string, selector: object | undefined, picked: string]>([
    ['none at all', undefined, ''],
    ['an empty one', {}, 'a b c'],
    ['labels', { matchLabels: { [ZONES]: 'east' } }, 'a'],
    ['In', expression('In', ZONES, ['east', 'west']), 'a b'],
    ['NotIn, also without the label', expression('NotIn', ZONES, ['east']), 'b c'],
    ['Exists', expression('Exists', ZONES), 'a b'],
    ['DoesNotExist', expression('DoesNotExist', ZONES), 'c'],
    ['an operator that there is not', expression('Near', ZONES, ['east']), ''],
    [
      'labels and expressions together',
      { matchLabels: { [ZONES]: 'east' }, ...expression('DoesNotExist', 'gpu') },
      '',
    ],
  ])('%s', (_, selector, picked) => {
    expect(names(matchOf(selector).selected)).toBe(picked);
  });

  it('have a hostname, and are due unless marked as done or disabled', () => {
    const mark = 'plan.upgrade.cattle.io/talos';
    const { 'kubernetes.io/hostname': _, ...nameless } = talosNode('x').labels;
    const { selected, due, done } = matchOf({}, [
      talosNode('done', 'v1.13.9', { labels: { [mark]: 'f00dfeed' } }),
      talosNode('of-before', 'v1.13.8', { labels: { [mark]: 'abad1dea' } }),
      talosNode('off', 'v1.13.8', { labels: { [mark]: 'disabled' } }),
      { ...talosNode('x'), labels: nameless },
    ]);

    expect(names(selected)).toBe('done of-before off');
    expect(names(due)).toBe('of-before');
    expect(names(done)).toBe('done');
  });
});
