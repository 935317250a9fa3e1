import { ToolError } from '../../errors.ts';
import type { Blob } from './port.ts';

/** A file's text. Throws `invalid_input` for one that is no text (not UTF-8, or with NUL bytes). */
export function textOf({ path, content }: Pick<Blob, 'path' | 'content'>): string {
  if (!content.includes(0)) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      // Falls through to the one refusal below.
    }
  }
  throw new ToolError('invalid_input', `${path} is no text file`, 'Only UTF-8 text can be read or edited.');
}
