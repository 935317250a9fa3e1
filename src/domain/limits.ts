/** Upper bounds of one answer; a policy may lower them, never raise them. */
export interface Limits {
  /** Lines of a log. */
  tailLines: number;
  /** Rows of a list. */
  rows: number;
  /** UTF-8 bytes of the whole answer. */
  bytes: number;
}
