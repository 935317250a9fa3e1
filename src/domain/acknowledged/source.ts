import { type Acknowledged, NOTHING } from './file.ts';

/**
 * Where acknowledgements come from: one file of the operator's repository, at the head of its base branch. Never rejects for
 * a repository that cannot be read: that is said in `unread`.
 */
export interface AcknowledgedSource {
  read(signal: AbortSignal): Promise<Acknowledged>;
}

/** What holds where there is no repository, or nothing of it may be seen. */
export const NOTHING_ACKNOWLEDGED: AcknowledgedSource = {
  read: async () => NOTHING,
};
