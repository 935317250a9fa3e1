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
import { idIn, mapAt, textAt } from './manifest.ts';
import { lineFinder } from './place.ts';
import { holesIn, namesIn, namesWithin, withNames } from './sentinels.ts';
import { type StandIns, standInsFor, typedStandIns } from './stand-ins.ts';
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
  /** The veiled artifact differs in what cannot be told from its objects. */
  isLocal?: boolean;
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
  const plain = standInsFor(to.variables, to.documents);
  const first = await build(engine, to, veiledBy(plain, to), signal);
  if (!first.ok) return failed(first.failure, to);
  const typed = typedStandIns(plain, first.objects, to.variables);
  const again = typed && (await build(engine, to, veiledBy(typed, to), signal));
  const [standIns, veiled] = typed && again?.ok ? [typed, again] : [plain, first];
  const used = new Set(first.objects.flatMap(({ object }) => namesWithin(object)));
  if (standIns.isEnough(veiled.objects) && !dependsOnEncrypted(veiled.objects, to))
    return { ...verdict(veiled, used, to), objects: objectsOf(veiled.objects, veiled, standIns, to) };
  const real = await build(engine, to, { artifact: to.artifact, variables: standIns.real }, signal);
  if (real.ok)
    return { ...verdict(veiled, used, to), objects: objectsOf(real.objects, veiled, standIns, to) };
  return failed({ ...real.failure, message: `it fails with the values of its variables, ${NOT_QUOTED}` }, to);
}

/** The message may hold a value. */
const NOT_QUOTED = 'which are not shown';

type Varied = Pick<BuildRequest, 'artifact' | 'variables'>;

function build(engine: Engine, to: ToBuild, varied: Varied, signal: AbortSignal): Promise<Build> {
  const { name, namespace, spec, path, strict } = to;
  return engine.build({ name, namespace, spec, path, strict, ...varied }, signal);
}

/** What a generator or patch took from an encrypted file is encrypted still. */
function dependsOnEncrypted(objects: readonly BuiltObject[], { veiledArtifact, isLocal }: ToBuild): boolean {
  if (isLocal === true) return true;
  return veiledArtifact !== undefined && objects.some(({ object }) => isEncrypted(object));
}

function veiledBy({ veiled }: StandIns, { artifact, veiledArtifact }: ToBuild): Varied {
  return { artifact: veiledArtifact ?? artifact, variables: veiled };
}

function objectsOf(
  objects: readonly BuiltObject[],
  veiled: Build & { ok: true },
  { numbers }: StandIns,
  { documents, prefix }: ToBuild,
): DesiredObject[] {
  const find = lineFinder((file) => documents.textOf(file));
  const veilOf = counterparts(veiled.objects);
  return objects.map(({ object, file }, at) => {
    const veil = veilOf(object, at);
    const why = unverifiable(object, veil);
    const place = file === undefined ? undefined : find(file, object);
    return {
      object,
      ...(place && { place: { file: prefix + place.file, line: place.line } }),
      holes: holesIn(object, veil, numbers),
      ...(why !== undefined && { unverifiable: why }),
    };
  });
}

/** A name that only a source unknown here may define leaves it open whether the build succeeds; a Secret may define any. */
function verdict(
  { generated }: Build & { ok: true },
  used: ReadonlySet<string>,
  { variables: { known, closed, isSecretOpen } }: ToBuild,
): Pick<Built, 'status' | 'reason' | 'unresolved'> {
  const unresolved = [...used].filter((name) => !known.has(name));
  const unsure = isSecretOpen ? [] : unresolved.filter((name) => !closed.has(name));
  const whole = generated ? 'generated' : 'ok';
  return {
    status: unsure.length > 0 ? 'unresolved variables' : whole,
    ...(unsure.length > 0 && { reason: `nothing known defines ${unsure.slice(0, 5).join(', ')}` }),
    unresolved,
  };
}

/** The same object with sentinels: where a variable is in its name, the one at the same place. */
function counterparts(veiled: readonly BuiltObject[]): (object: JsonObject, at: number) => JsonObject {
  const byId = new Map(veiled.map(({ object }) => [idIn(object), object]));
  return (object, at) => {
    const placed = veiled[at]?.object ?? {};
    return byId.get(idIn(object)) ?? (placed['kind'] === object['kind'] ? placed : {});
  };
}

function unverifiable(object: JsonObject, veiled: JsonObject): string | undefined {
  if (isEncrypted(object)) return 'encrypted by SOPS';
  const [before, after] = [mapAt(object, 'metadata'), mapAt(veiled, 'metadata')];
  for (const key of ['name', 'namespace']) {
    const [name] = namesIn(textAt(after, key));
    if (name !== undefined) return `its ${key} depends on \${${name}}`;
    if (textAt(before, key) !== textAt(after, key)) return `its ${key} depends on ${HIDDEN}`;
  }
  return undefined;
}

const HIDDEN = 'what is not known here: an encrypted file, a variable, or a file that is never fetched';

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
