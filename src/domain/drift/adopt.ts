import { toToolError } from '../../errors.ts';
import { setInYaml } from '../proposals/yaml-edit.ts';
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
    set: { at: string; document: string; value: string | number | boolean | null };
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
  if (field.value === undefined)
    return {
      ...about,
      why: `its live value is not shown: a person reads it and sets it in ${object.place.file}`,
    };
  const at = atOf(field.path);
  const document = `${object.kind}/${object.name}`;
  try {
    const blob = await read(object.place.file);
    const target = { path: blob.path, document, steps: stepsOf(at) };
    setInYaml(new TextDecoder().decode(blob.content), target, field.value);
    return { ...about, edit: { path: blob.path, blob: blob.id, set: { at, document, value: field.value } } };
  } catch (error) {
    const { message } = toToolError(error);
    return {
      ...about,
      why: `not written so in ${object.place.file} (${message}): look for a patch, a base or a variable`,
    };
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
