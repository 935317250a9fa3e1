import type { ToolError } from '../../errors.ts';
import type { ApiClient } from './client.ts';

/** One kind to copy, and where from. */
export interface ReflectorOptions<T> {
  client: ApiClient;
  kind: string;
  /** For messages: `pods`. */
  resource: string;
  path: string;
  query?: Readonly<Record<string, string>>;
  project: (raw: unknown) => T;
  now: () => number;
  /** From 0 up to 1, for jitter. */
  random: () => number;
  onFailure?: (error: ToolError) => void;
  /** The copy has changed. */
  onChange?: () => void;
}
