import { type Documents, isEncrypted } from './documents.ts';
import type { DesiredObject, Rendering } from './desired.ts';
import type {
  Artifact,
  Build,
  BuildFailure,
  BuildRequest,
  BuiltObject,
  Engine,
  JsonObject,
} from './engine.ts';
import { mapAt, textAt } from './manifest.ts';
import { lineFinder } from './place.ts';
import { holesIn, namesIn, sentinelOf, withNames } from './sentinels.ts';
import type { Variables } from './variables.ts';

/** One Kustomization with all that its build needs. */
export interface ToBuild {
  name: string;
  namespace: string;
  spec: JsonObject;
  /** Directory in the artifact. */
  path: string;
  artifact: Artifact;
  /** The artifact with other content in every encrypted file that a generator reads; absent where there is none. */
  veiledArtifact?: Artifact;
  documents: Documents;
  variables: Variables;
  strict: boolean;
  /** What the artifact's root is in the repository, with a slash behind it, or empty. */
  prefix: string;
}

/** The part of a Rendering that the build decides. */
export type Built = Pick<Rendering, 'status' | 'reason' | 'failure' | 'unresolved' | 'objects'>;

/**
 * Builds with sentinels for every variable that is not plain, and where they show in the result, again with the values: the
 * paths in which both differ are holes. Never rejects for what a build cannot do.
 */
export async function buildOne(engine: Engine, to: ToBuild, signal: AbortSignal): Promise<Built> {
  if (to.variables.missing !== undefined)
    return failed(
      { reason: 'failed', message: `${to.variables.missing} does not exist, and the build needs it` },
      to,
    );
  const values = valuesOf(to);
  const veiled = await build(
    engine,
    to,
    { artifact: to.veiledArtifact ?? to.artifact, variables: values.veiled },
    signal,
  );
  if (!veiled.ok) return failed(veiled.failure, to);
  const differs =
    to.veiledArtifact !== undefined || values.isCut || (values.hasHidden && holdsSentinels(veiled.objects));
  if (!differs) return built(veiled.objects, veiled, to);
  const real = await build(engine, to, { artifact: to.artifact, variables: values.real }, signal);
  return real.ok ? built(real.objects, veiled, to) : failed(real.failure, to);
}

type Varied = Pick<BuildRequest, 'artifact' | 'variables'>;

function build(engine: Engine, to: ToBuild, varied: Varied, signal: AbortSignal): Promise<Build> {
  const { name, namespace, spec, path, strict } = to;
  return engine.build({ name, namespace, spec, path, strict, ...varied }, signal);
}

interface Values {
  real: Record<string, string>;
  veiled: Record<string, string>;
  /** Values are known that must not be shown. */
  hasHidden: boolean;
  /** Something of them is cut out where it is used, so that a sentinel may not be found again. */
  isCut: boolean;
}

/** An open source may define any name: then every one that a file uses, and nothing else defines, is closed too. */
function valuesOf({ variables, documents }: ToBuild): Values {
  const { known, closed, isOpen } = variables;
  const open = isOpen ? [...documents.names].filter((name) => !known.has(name)) : [];
  const without = [...new Set([...closed, ...open])];
  const hidden = [...known].filter(([, { isPlain }]) => !isPlain).map(([name]) => name);
  const values = [...known].map(([name, { value }]): [string, string] => [name, value]);
  return {
    real: Object.fromEntries([...values, ...sentinels(without)]),
    veiled: Object.fromEntries([...values, ...sentinels([...without, ...hidden])]),
    hasHidden: hidden.length > 0,
    isCut: [...hidden, ...without].some((name) => documents.changed.has(name)),
  };
}

function sentinels(names: readonly string[]): [string, string][] {
  return names.map((name) => [name, sentinelOf(name)]);
}

function holdsSentinels(objects: readonly BuiltObject[]): boolean {
  return objects.some(({ object }) => namesIn(JSON.stringify(object)).length > 0);
}

function built(objects: readonly BuiltObject[], veiled: Build & { ok: true }, to: ToBuild): Built {
  const find = lineFinder((file) => to.documents.textOf(file));
  const desired = objects.map(({ object, file }, at): DesiredObject => {
    const veil = veiled.objects[at]?.object ?? {};
    const why = unverifiable(object, veil);
    const place = file === undefined ? undefined : find(file, object);
    return {
      object,
      ...(place && { place: { file: to.prefix + place.file, line: place.line } }),
      holes: holesIn(object, veil),
      ...(why !== undefined && { unverifiable: why }),
    };
  });
  const used = new Set(veiled.objects.flatMap(({ object }) => namesIn(JSON.stringify(object))));
  const unresolved = [...used].filter((name) => !to.variables.known.has(name));
  const unsure = unresolved.filter((name) => !to.variables.closed.has(name));
  const whole = veiled.generated ? 'generated' : 'ok';
  return {
    status: unsure.length > 0 ? 'unresolved variables' : whole,
    ...(unsure.length > 0 && { reason: `nothing known defines ${unsure.slice(0, 5).join(', ')}` }),
    unresolved,
    objects: desired,
  };
}

function unverifiable(object: JsonObject, veiled: JsonObject): string | undefined {
  if (isEncrypted(object)) return 'encrypted by SOPS';
  const [before, after] = [mapAt(object, 'metadata'), mapAt(veiled, 'metadata')];
  for (const key of ['name', 'namespace']) {
    const [name] = namesIn(textAt(after, key));
    if (name !== undefined) return `its ${key} depends on \${${name}}`;
    if (textAt(before, key) !== textAt(after, key)) return `its ${key} depends on an encrypted file`;
  }
  return undefined;
}

/** The result of what could not even be begun. */
export function unbuilt(reason: string): Built {
  return { status: 'failed', reason, unresolved: [], objects: [] };
}

function failed({ reason, message, file, line, variable }: BuildFailure, { prefix }: ToBuild): Built {
  const status = STATUS[reason] ?? 'failed';
  return {
    status,
    reason: variable === undefined ? withNames(message) : `nothing defines \${${variable}}`,
    ...(file !== undefined && { failure: { file: prefix + file, ...(line !== undefined && { line }) } }),
    unresolved: variable === undefined ? [] : [variable],
    objects: [],
  };
}

const STATUS: Partial<Record<BuildFailure['reason'], Rendering['status']>> = {
  'undefined-variable': 'unresolved variables',
  'remote-base': 'remote base',
};
