/** What kind of change it was. */
export type ChangeKind = 'commit' | 'flux' | 'helm' | 'rollout' | 'hand' | 'node' | 'event';

/** One thing that changed; `when` is RFC 3339, at the latest where only that is known. */
export interface RecentChange {
  when: string;
  kind: ChangeKind;
  /** `Kind/namespace/name`, or the files of a commit. */
  object: string;
  what: string;
  by?: string;
  namespace?: string;
}
