import pLimit from 'p-limit';

import type { ControlPlane } from '../../cluster/control-plane.ts';
import { erase, rewriteMetadata } from '../../cluster/etcd.ts';
import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import { rfc3339 } from '../../cluster/seed.ts';
import { openInProcess } from '../../support/in-process.ts';

/** What a client got for one question about the health of the cluster. */
export interface Answer {
  verdict: string;
  /** `ref reason` of each finding in order, those in brief included. */
  findings: string[];
  /** Bytes of the text that the client is given. */
  size: number;
  text: string;
}

/** A cluster in which one thing after another breaks and is whole again. */
export interface Bench {
  /** With these objects there, in place of those of the base that have their names, asks once; then all is as before. */
  askWith(objects: readonly Manifest[]): Promise<Answer>;
  /** Puts these objects there for good, in place of those of the base that have their names. */
  leave(objects: readonly Manifest[]): Promise<void>;
}

const CONCURRENCY = 24;

/** In milliseconds. */
const BASE_AGE = 24 * 3_600_000;
const FAULT_AGE = 40 * 60_000;

/**
 * Fills an empty control plane, one that stores JSON, with the objects of a healthy cluster, a day old. What is added to
 * it is 40 minutes old unless it says when it was created (`metadata.creationTimestamp`), and may say since when it is
 * being deleted (`metadata.deletionTimestamp`).
 */
export async function openBench(
  cluster: ControlPlane,
  base: readonly Manifest[],
  kubeconfig: string,
): Promise<Bench> {
  const aged = base.map((object) => ({
    ...object,
    metadata: { creationTimestamp: rfc3339(Date.now() - BASE_AGE), ...object.metadata },
  }));
  await place(cluster, aged);
  const changesOf = (objects: readonly Manifest[]) => {
    const added = objects.filter((object) => !isSameNamespace(object, aged));
    return { added, replaced: replacedBy(added, aged) };
  };
  return {
    askWith: async (objects) => {
      const { added, replaced } = changesOf(objects);
      await eraseAll(cluster, replaced);
      try {
        await place(cluster, added);
        return await ask(kubeconfig);
      } finally {
        await eraseAll(cluster, added);
        await place(cluster, replaced);
      }
    },
    leave: async (objects) => {
      const { added, replaced } = changesOf(objects);
      await eraseAll(cluster, replaced);
      await place(cluster, added);
    },
  };
}

/** Written at a time that says nothing: nothing broke when it was created. */
function agoOf({ kind }: Manifest): string | undefined {
  return kind === 'Event' ? undefined : rfc3339(Date.now() - FAULT_AGE);
}

/** A namespace of the base that is to be there, and is. */
function isSameNamespace(object: Manifest, base: readonly Manifest[]): boolean {
  if (object.kind !== 'Namespace' || object.metadata['deletionTimestamp'] !== undefined) return false;
  return base.some((one) => keyOf(one) === keyOf(object));
}

/** What of the base has the name of one of these, or belongs to such. */
function replacedBy(added: readonly Manifest[], base: readonly Manifest[]): Manifest[] {
  const gone = new Set(added.map(keyOf));
  return base.filter((object) => {
    const isOwned = (object.metadata.ownerReferences ?? []).some(({ kind, name }) =>
      gone.has(`${kind}/${object.metadata.namespace ?? ''}/${name}`),
    );
    if (isOwned) gone.add(keyOf(object));
    return gone.has(keyOf(object));
  });
}

/** Kind and group: a Node of Longhorn is none of Kubernetes. */
function keyOf({ apiVersion, kind, metadata }: ManifestRef): string {
  const group = apiVersion.includes('.') && !/\.k8s\.io\//.test(apiVersion) ? apiVersion.split('/')[0] : '';
  return `${kind}${group ? `.${group}` : ''}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Webhooks come last, lest they refuse what comes with them. */
async function place(cluster: ControlPlane, objects: readonly Manifest[]): Promise<void> {
  const [webhooks = [], others = []] = [true, false].map((wanted) =>
    objects.filter((object) => isWebhook(object) === wanted),
  );
  await cluster.admin.createAll(others.map(asCreated), CONCURRENCY);
  await cluster.admin.createAll(webhooks.map(asCreated), CONCURRENCY);
  await eachOf(objects, async (object) => {
    const { creationTimestamp = agoOf(object), deletionTimestamp } = object.metadata;
    const resource = await cluster.admin.resourceOf(object);
    await rewriteMetadata(cluster.endpoint.etcd, resource, object, {
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp, deletionGracePeriodSeconds: 0 }),
    });
    if (deletionTimestamp !== undefined && object.status) await cluster.admin.setStatus(object);
  });
}

function isWebhook({ kind }: Manifest): boolean {
  return kind.endsWith('WebhookConfiguration');
}

/** Without what only etcd takes, and without what only an object that is being deleted may say. */
function asCreated(object: Manifest): Manifest {
  const { creationTimestamp: _created, deletionTimestamp, ...metadata } = object.metadata;
  const { status, ...rest } = object;
  return { ...rest, metadata, ...(deletionTimestamp === undefined && status && { status }) };
}

/** There is no controller that would take care of namespaces, owners and finalizers. */
async function eraseAll(cluster: ControlPlane, objects: readonly Manifest[]): Promise<void> {
  await eachOf(objects, async (object) =>
    erase(cluster.endpoint.etcd, await cluster.admin.resourceOf(object), object),
  );
}

async function eachOf(objects: readonly Manifest[], act: (object: Manifest) => Promise<void>): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  await Promise.all(objects.map((object) => limit(() => act(object))));
}

/** One question of a session that has seen nothing before. */
async function ask(kubeconfig: string): Promise<Answer> {
  const session = openInProcess(kubeconfig);
  try {
    const { text, data, failed } = await session.call('health_summary');
    if (failed || data === undefined) throw new Error(text);
    const { verdict, findings, more } = data as {
      verdict: string;
      findings: { ref: string; reason: string }[];
      more?: { rows: string[][] };
    };
    const brief = (more?.rows ?? []).map(([, , ref, reason]) => `${ref} ${reason}`);
    const full = findings.map(({ ref, reason }) => `${ref} ${reason}`);
    return { verdict, findings: [...full, ...brief], size: Buffer.byteLength(text), text };
  } finally {
    await session.close();
  }
}
