import { ensureEngine } from '../../scripts/engine/ensure.ts';

/** Makes the rendering engine before the first test, so that no test's clock runs while Go compiles. */
export default async function setup(): Promise<void> {
  await ensureEngine();
}
