import { toToolError } from '../../errors.ts';
import type { DesiredState } from '../desired/desired.ts';
import type { Change } from '../repository/port.ts';
import { type JudgedEffect, effectOf } from './effect.ts';

/**
 * What a change would do, by rendering its base with and without it. Where nothing can be rendered at all, that is said in
 * `unchecked`: a reviewer must not take silence for no effect.
 */
export async function effectOfChange(
  desired: DesiredState,
  { base, files }: Change,
  signal: AbortSignal,
): Promise<JudgedEffect> {
  const at = { commit: base };
  const overlay = new Map(files.map(({ path, content }) => [path, content]));
  try {
    const before = await desired.render({ at }, signal);
    const after = await desired.render({ at, overlay }, signal);
    return effectOf(before.renderings, after.renderings);
  } catch (error) {
    signal.throwIfAborted();
    return unknownEffect(toToolError(error).message);
  }
}

/** The effect of a change that could not be rendered. */
export function unknownEffect(why: string): JudgedEffect {
  const changes = { columns: [], rows: [], total: 0, shown: 0 };
  const effect = { summary: 'not known', changes, warnings: [], unchecked: [`not rendered: ${why}`] };
  return { effect, refusals: [], lines: [] };
}
