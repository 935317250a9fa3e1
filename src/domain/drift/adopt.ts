import { ToolError, toToolError } from '../../errors.ts';
import { type Target, setInYaml, unsetInYaml } from '../proposals/yaml-edit.ts';
import { stepsOf } from '../proposals/yaml-path.ts';
import type { Blob } from '../repository/port.ts';
import type { FieldDrift, ObjectDrift } from './report.ts';

/** The edit of `propose_change` that would put a hand-made change into Git, or why there is none. */
export interface Adoption {
  object: string;
  field: string;
  edit?: {
    path: string;
    blob: string;
    set?: { at: string; document: string; value: string | number | boolean | null };
    unset?: { at: string; document: string };
  };
  why?: string;
}

/** Works the edit out by making it: a field that is not written in that file comes from a patch, a base or a variable. */
export async function adoptionOf(
  object: ObjectDrift,
  field: FieldDrift,
  read: (path: string) => Promise<Blob>,
): Promise<Adoption> {
  const about = { object: object.ref, field: field.path };
  if (object.place === undefined) return { ...about, why: 'where it is written in Git is not known' };
  const { file } = object.place;
  if (field.value === undefined && !isGone(field))
    return { ...about, why: `its live value is not shown: a person reads it and sets it in ${file}` };
  try {
    return { ...about, edit: editIn(await read(file), object, field) };
  } catch (error) {
    const { message } = toToolError(error);
    return {
      ...about,
      why: `not written so in ${file} (${message}): look for a patch, a base or a variable`,
    };
  }
}

/** Git has it and the cluster does not. */
function isGone({ live, git }: FieldDrift): boolean {
  return live === undefined && git !== undefined;
}

/** Throws a ToolError for an edit that cannot be made. */
function editIn({ path, id, content }: Blob, object: ObjectDrift, field: FieldDrift): Adoption['edit'] {
  const at = atOf(field.path);
  const document = `${object.kind}/${object.name}`;
  const target = { path, document, steps: stepsOf(at) };
  const text = new TextDecoder().decode(content);
  if (field.git !== undefined && !isWritten(text, target, field.git))
    throw new ToolError('not_found', 'the file says something else', 'Look for what changes it.');
  if (field.value === undefined) {
    unsetInYaml(text, target);
    return { path, blob: id, unset: { at, document } };
  }
  setInYaml(text, target, field.value);
  return { path, blob: id, set: { at, document, value: field.value } };
}

/** Whether the file itself has what Git comes to: putting it there changes nothing. Otherwise an edit would have no effect. */
function isWritten(text: string, target: Target, git: string): boolean {
  return [git, parsed(git)].some((value) => value !== undefined && setInYaml(text, target, value) === text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `.spec.containers[name="app"].image` as an edit names it: `spec.containers[name=app].image`. */
export function atOf(path: string): string {
  return path.replace(/^\./, '').replaceAll(/\[((?:[\w.-]+=(?:"[^"]*"|[^,\]]*),?)+)\]/g, (_, keys: string) =>
    [...keys.matchAll(/([\w.-]+)=(?:"([^"]*)"|([^,\]]*))/g)]
      .slice(0, 1)
      .map(([, key, quoted, bare]) => `[${key}=${quoted ?? bare}]`)
      .join(''),
  );
}
