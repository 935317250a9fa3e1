import { ToolError } from '../../errors.ts';
import { keyMaterialIn } from '../repository/key-material.ts';
import type { Blob } from '../repository/port.ts';
import { encryptionOf } from '../repository/sops.ts';
import { textOf } from '../repository/text.ts';
import { plainSecretIn } from './secret-manifest.ts';

/**
 * The text of a file that may be edited. Throws `denied` for one whose values are not shown (key material, encrypted, a
 * Secret with plain values), before an edit could confirm a guess about them, and `invalid_input` for one that is no text.
 */
export function editableText(blob: Blob): string {
  const { path, content } = blob;
  const key = keyMaterialIn(path, content);
  if (key !== undefined)
    throw kept(`${path} holds key material (${key})`, 'Rotate it by hand if it is in Git.');
  const encryption = encryptionOf(content);
  if (encryption !== undefined)
    throw kept(`${path} is ${encryption}`, 'A person edits it in a clone, with what it was made with.');
  const text = textOf(blob);
  const secret = plainSecretIn(path, text);
  if (secret)
    throw kept(
      `${path} line ${secret.line} is a Secret with plain values`,
      'Rotate it, then encrypt it with SOPS.',
    );
  return text;
}

function kept(what: string, hint: string): ToolError {
  return new ToolError('denied', what, hint);
}
