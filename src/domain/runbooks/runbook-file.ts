/** One Markdown file; the operator's carry the commit they were read at. */
export interface RunbookFile {
  /** From the root of the repository, or of this project for a built-in one. */
  path: string;
  text: string;
  origin: 'operator' | 'built-in';
  commit?: string;
}
