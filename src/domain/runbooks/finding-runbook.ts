/** Which built-in runbook answers to a finding: the first row that fits counts. */
export interface FindingRunbook {
  reasons: readonly string[];
  /** Left out: any kind. */
  kinds?: readonly string[];
  /** Where the reason alone would say too little, what the object's name has to say. */
  names?: RegExp;
  /** Words in the finding's message that tell it from others of the same reason. */
  says?: RegExp;
  runbook: string;
}
