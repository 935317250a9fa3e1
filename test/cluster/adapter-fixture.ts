import { expect } from 'vitest';

import { judgeRequest } from '../../src/adapters/kubernetes/guard.ts';
import {
  type KubernetesCluster,
  type KubernetesClusterOptions,
  createKubernetesCluster,
} from '../../src/adapters/kubernetes/cluster.ts';
import type { ClusterObject } from '../../src/domain/objects/meta.ts';
import { pause } from './api.ts';
import type { Manifest } from './manifest.ts';

/** A cluster reader under test, a clock that can be put forward, and what it has asked for. */
export interface Opened {
  reader: KubernetesCluster;
  /** Method and path of each request, without the query. */
  sent: string[];
  /** Puts the reader's clock forward. */
  forward: (milliseconds: number) => void;
  /** Resolves when it has asked for nothing for a moment: watches are opened while the first answer is given. */
  quiet: () => Promise<void>;
  /** Closes the reader and demands that every request was on the allow-list. */
  close: () => Promise<void>;
}

/** Opens a reader with its own connections; nothing is asked before the first read. */
export function openReader(kubeconfig: string, options: Partial<KubernetesClusterOptions> = {}): Opened {
  let ahead = 0;
  const sent: string[] = [];
  const refused: string[] = [];
  const reader = createKubernetesCluster({
    kubeconfig,
    logs: true,
    extraGroups: [],
    redact: (text) => text.replaceAll('hunter2', '[secret]'),
    environment: {},
    now: () => Date.now() + ahead,
    observe: ({ method, url }) => {
      const { pathname } = new URL(url);
      sent.push(`${method} ${pathname}${url.includes('watch=true') ? ' watch' : ''}`);
      const { allowed } = judgeRequest(method, url, {
        server: new URL(url).origin,
        logs: true,
        extraGroups: [],
      });
      if (!allowed) refused.push(url);
    },
    ...options,
  });
  return {
    reader,
    sent,
    forward: (milliseconds) => {
      ahead += milliseconds;
    },
    quiet: async () => {
      for (let before = -1; before !== sent.length; await pause(250)) before = sent.length;
    },
    close: async () => {
      await reader.close();
      expect(refused).toEqual([]);
    },
  };
}

/** A ConfigMap to look for. */
export function configMap(name: string, namespace: string): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { key: 'hunter2' } };
}

/** Names of a namespace's objects, sorted. */
export function namesIn(namespace: string, objects: readonly ClusterObject[]): string[] {
  return objects
    .filter((object) => object.namespace === namespace)
    .map(({ name }) => name)
    .toSorted();
}
