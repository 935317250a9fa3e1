import { ToolError } from '../../errors.ts';
import { parseYamlText } from '../repository/yaml-text.ts';
import { lineAt } from '../text.ts';

/**
 * The text with the one occurrence of `find` replaced. In a file with CRLF line ends, line feeds stand for these. Throws
 * `invalid_input` when it occurs never or more than once, changes nothing, or breaks YAML that could be read before.
 */
export function replaceOnce(text: string, path: string, edit: { find: string; with: string }): string {
  const isWindows = /\r\n/.test(text) && !/(?<!\r)\n/.test(text);
  const find = isWindows ? edit.find.replaceAll(/\r?\n/g, '\r\n') : edit.find;
  const replacement = isWindows ? edit.with.replaceAll(/\r?\n/g, '\r\n') : edit.with;
  if (find === replacement) throw refused(`${path}: find and with are the same`, 'Say what changes.');
  const at = text.indexOf(find);
  if (at === -1) throw refused(`${path} does not hold the text to replace`, nearHint(text, edit.find));
  const again = text.indexOf(find, at + 1);
  if (again !== -1)
    throw refused(
      `${path} holds the text to replace more than once, at lines ${lineAt(text, at)} and ${lineAt(text, again)}`,
      'Add neighbouring text to find, and to with, until it is unique.',
    );
  const result = text.slice(0, at) + replacement + text.slice(at + find.length);
  if (/\.(?:ya?ml|json)$/i.test(path)) assertStillReads(path, text, result);
  return result;
}

function assertStillReads(path: string, before: string, after: string): void {
  const [problem] = parseYamlText(after).problems;
  if (!problem || parseYamlText(before).problems.length > 0) return;
  throw refused(
    `${path} would be broken: line ${problem.line}: ${problem.message}`,
    'Mind indentation and quotes; keep everything else of the line.',
  );
}

function nearHint(text: string, find: string): string {
  const [first = ''] = find.split('\n').filter((line) => line.trim() !== '');
  const line = text.split('\n').findIndex((candidate) => candidate.trim() === first.trim());
  return line === -1 || first === ''
    ? 'Read the file again and copy the text exactly.'
    : `Line ${line + 1} is like it but for white space: copy the text exactly.`;
}

function refused(what: string, hint: string): ToolError {
  return new ToolError('invalid_input', what, hint);
}
