import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import {
  createEngine,
  engineFiles,
  type EngineOptions,
  type HostedEngine,
} from '../../../src/adapters/engine/host.ts';
import type {
  Artifact,
  Build,
  BuildRequest,
  Engine,
  JsonObject,
  Prediction,
  PredictRequest,
} from '../../../src/domain/desired/engine.ts';

/** The engine of this clone, with other limits where a test needs them. */
export function testEngine(limits: Partial<EngineOptions> = {}): HostedEngine {
  return createEngine({ wasm: engineFiles(), ...limits });
}

/** A signal that nothing aborts. */
export const patience = new AbortController().signal;

let artifacts = 0;

/** Files of an artifact that no other has the id of. */
export function artifactOf(files: Readonly<Record<string, string | Uint8Array>>): Artifact {
  artifacts += 1;
  const encoder = new TextEncoder();
  const entries = Object.entries(files).map(
    ([path, content]) => [path, typeof content === 'string' ? encoder.encode(content) : content] as const,
  );
  return { id: `test-${artifacts}`, files: async () => new Map(entries) };
}

/** Builds the root of these files as the Kustomization `flux-system/apps`. */
export async function buildOf(
  engine: Engine,
  files: Readonly<Record<string, string | Uint8Array>>,
  request: Partial<Omit<BuildRequest, 'artifact'>> = {},
): Promise<Build> {
  const defaults = {
    path: '',
    name: 'apps',
    namespace: 'flux-system',
    spec: {},
    variables: {},
    strict: true,
  };
  return engine.build({ ...defaults, ...request, artifact: artifactOf(files) }, patience);
}

const RECORDED = [
  'api/v1',
  'apis/apps/v1',
  'apis/autoscaling/v2',
  'apis/networking.k8s.io/v1',
  'apis/rbac.authorization.k8s.io/v1',
];

/** The recorded OpenAPI documents, and others by their path. */
export function schemasOf(others: Readonly<Record<string, unknown>> = {}): PredictRequest['schemas'] {
  const schemas = new Map<string, { hash: string; document: () => Promise<Uint8Array> }>();
  for (const path of RECORDED) {
    const file = `${path.replaceAll('/', '__')}_openapi.json`;
    const document = async () => readFileSync(join(import.meta.dirname, '../../fixtures/openapi', file));
    schemas.set(path, { hash: 'recorded', document });
  }
  for (const [path, schema] of Object.entries(others)) {
    const text = JSON.stringify(schema);
    schemas.set(path, { hash: text, document: async () => new TextEncoder().encode(text) });
  }
  return schemas;
}

/** An entry of managedFields; `fields` in the notation of fieldsV1, as YAML. */
export function entry(
  manager: string,
  fields: string,
  more: Readonly<Record<string, string>> = {},
): JsonObject {
  return {
    manager,
    operation: manager === 'kustomize-controller' ? 'Apply' : 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: parse(fields) as JsonObject,
    ...more,
  };
}

/** Compares one object of Git with a live one that has these managedFields; both as YAML. */
export async function predictOf(
  engine: Engine,
  desired: string,
  live: string,
  managedFields: readonly JsonObject[],
  schemas = schemasOf(),
): Promise<Prediction> {
  const object = parse(live) as { metadata: JsonObject } & JsonObject;
  const pair = {
    desired: (desired.startsWith('{') ? JSON.parse(desired) : parse(desired)) as JsonObject,
    live: { ...object, metadata: { ...object.metadata, managedFields: [...managedFields] } },
  };
  const [prediction] = await engine.predict({ pairs: [pair], schemas }, patience);
  if (prediction === undefined) throw new Error('there is no prediction');
  return prediction;
}

/** A prediction in short: `path does live -> desired by owners`, one line each, what stays after `kept`. */
export function told(prediction: Prediction): string[] {
  if (!prediction.ok) return [`failed: ${prediction.message}`];
  const line = ({ path, does, live, desired, owners }: (typeof prediction.changes)[number]) =>
    `${path} ${does} ${JSON.stringify(live) ?? '-'} -> ${JSON.stringify(desired) ?? '-'} by ${owners.join(',')}`;
  return [...prediction.changes.map(line), ...prediction.kept.map((change) => `kept ${line(change)}`)];
}
