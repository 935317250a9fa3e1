import { describe, expect, test } from 'vitest';

import { reasonOf } from '../../src/adapters/kubernetes/failures.ts';
import { Pulse } from '../../src/adapters/kubernetes/pulse.ts';
import { ToolError } from '../../src/errors.ts';

const { signal } = new AbortController();

/** A pulse at a time that the test sets, over a server that answers or not, and how often it was asked. */
function pulse(answers: () => Promise<unknown>) {
  const clock = { now: 0 };
  let asked = 0;
  const one = new Pulse(
    () => clock.now,
    async () => {
      asked += 1;
      return answers();
    },
  );
  one.heard();
  return { one, clock, asked: () => asked };
}

const yes = () => Promise.resolve();
const no = () => Promise.reject(new Error('no answer'));

describe('signs of life of a server', () => {
  test('that was heard of late are not asked for', async () => {
    const { one, clock, asked } = pulse(no);
    clock.now = 9_999;

    expect(await one.isAlive(signal)).toBe(true);
    expect(asked()).toBe(0);
  });

  test('are asked for once, whoever asks, when nothing was heard for a while', async () => {
    const { one, clock, asked } = pulse(yes);
    clock.now = 10_000;

    const all = await Promise.all(Array.from({ length: 40 }, () => one.isAlive(signal)));

    expect(new Set(all)).toEqual(new Set([true]));
    expect(asked()).toBe(1);
    expect(one.heardAt).toBe(10_000);
  });

  test('that do not come leave the time of the last one, and are asked for again', async () => {
    const { one, clock, asked } = pulse(no);
    clock.now = 20_000;

    const alive = [await one.isAlive(signal), await one.isAlive(signal)];
    clock.now = 21_000;
    alive.push(await one.isAlive(signal));

    expect(alive).toEqual([false, false, false]);
    expect(asked()).toBe(2);
    expect(one.heardAt).toBe(0);
  });
});

describe('why a listing could not be had', () => {
  test.each([
    ['list pods: the API server answered 500', 'the API server answered 500'],
    ['watch helmreleases.helm.toolkit.fluxcd.io: the connection failed', 'the connection failed'],
    [
      'list deployments.apps: not permitted: deployments.apps is forbidden: User "u:v" cannot list resource "deployments" in API group "apps" at the cluster scope',
      'not permitted: User "u:v" cannot list it at the cluster scope',
    ],
    ['discover what the cluster serves: no answer', 'discover what the cluster serves: no answer'],
  ])('%s', (message, why) => {
    expect(reasonOf(new ToolError('unavailable', message, ''))).toBe(why);
  });
});
