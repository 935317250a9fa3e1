import { conditionOf } from '../conditions.ts';
import type { FluxObject } from '../objects/flux.ts';
import type { Condition } from '../objects/meta.ts';
import { nameSome } from '../text.ts';
import { suspensionOf } from './suspension.ts';
import type { FluxState, FluxVerdict } from './verdict.ts';
import { isSourceless, isSpecPending, isStatic, sourceOf, type World } from './world.ts';

/** The part of a verdict that one object's own status gives. */
export type Status = Pick<FluxVerdict, 'state' | 'reason' | 'message' | 'since'>;

interface Facts {
  object: FluxObject;
  ready?: Condition;
  stalled?: Condition;
  reconciling?: Condition;
  /** Its source is missing or has no artifact. */
  sourceless: boolean;
}

interface Rule {
  state: FluxState;
  test: (facts: Facts) => boolean;
  /** The condition whose words the status takes. */
  from?: (facts: Facts) => Condition | undefined;
  /** Stands where the condition is silent, and is the reason where there is none. */
  reason: string;
  words?: (facts: Facts) => Partial<Status>;
}

/** How Flux states itself; the first match wins, so that a Ready left over from before is never believed. */
const RULES: readonly Rule[] = [
  {
    state: 'terminating',
    test: ({ object }) => object.deletion !== undefined,
    reason: 'Terminating',
    words: ({ object }) => terminationOf(object),
  },
  {
    state: 'suspended',
    test: ({ object }) => object.suspended,
    reason: 'Suspended',
    words: ({ object, ready }) => suspensionOf(object, ready),
  },
  {
    state: 'stalled',
    test: ({ stalled }) => stalled?.status === 'True',
    from: ({ stalled }) => stalled,
    reason: 'Stalled',
  },
  {
    state: 'blocked',
    test: ({ ready }) => ready?.status === 'False' && ready.reason === 'DependencyNotReady',
    from: ({ ready }) => ready,
    reason: 'DependencyNotReady',
  },
  {
    state: 'blocked',
    test: ({ ready, sourceless }) => ready?.status === 'False' && sourceless,
    from: ({ ready }) => ready,
    reason: 'SourceNotReady',
  },
  {
    state: 'failed',
    test: ({ ready }) => ready?.status === 'False',
    from: ({ ready }) => ready,
    reason: 'NotReady',
  },
  {
    state: 'progressing',
    test: ({ reconciling }) => reconciling?.status === 'True',
    from: ({ reconciling }) => reconciling,
    reason: 'Progressing',
  },
  {
    state: 'progressing',
    test: ({ ready }) => ready?.status === 'Unknown',
    from: ({ ready }) => ready,
    reason: 'Progressing',
  },
  {
    state: 'progressing',
    test: ({ object, ready }) => ready !== undefined && isSpecPending(object),
    reason: 'SpecNotReconciled',
    words: () => ({ message: 'spec not reconciled: the newest generation has not been observed' }),
  },
  {
    state: 'ready',
    test: ({ ready }) => ready?.status === 'True',
    from: ({ ready }) => ready,
    reason: 'Ready',
  },
  {
    state: 'ready',
    test: ({ object }) => isStatic(object),
    reason: 'Static',
    words: () => ({ message: 'has no status by design' }),
  },
];

const NEVER_RECONCILED: Rule = {
  state: 'unknown',
  test: () => true,
  reason: 'NotReconciled',
  words: ({ object }) => ({
    message: 'waiting to be reconciled: no controller has written a status',
    since: object.created,
  }),
};

/** The status of one object by the first rule that fits, before other objects and controllers are looked at. */
export function statusOf(object: FluxObject, world: World): Status {
  const facts = factsOf(object, world);
  const rule = RULES.find(({ test }) => test(facts)) ?? NEVER_RECONCILED;
  const { reason, message = '', since } = rule.from?.(facts) ?? {};
  return { state: rule.state, reason: reason || rule.reason, message, since, ...rule.words?.(facts) };
}

function factsOf(object: FluxObject, world: World): Facts {
  const source = sourceOf(object, world);
  return {
    object,
    ready: conditionOf(object, 'Ready'),
    stalled: conditionOf(object, 'Stalled'),
    reconciling: conditionOf(object, 'Reconciling'),
    sourceless: source !== undefined && isSourceless(source, world),
  };
}

function terminationOf(object: FluxObject): Partial<Status> {
  const finalizers = object.deletion?.finalizers ?? [];
  const message =
    finalizers.length > 0 ? `waits for finalizers ${nameSome(finalizers, 3)}` : 'is being deleted';
  return { message, since: object.deletion?.since };
}
