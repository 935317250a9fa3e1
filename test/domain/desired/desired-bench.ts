import { createDesiredState } from '#domain/desired/desired-state.ts';
import type { DesiredObject, DesiredQuestion, Rendering } from '#domain/desired/desired.ts';
import type { Engine } from '#domain/desired/engine.ts';
import type { LiveCluster } from '#domain/desired/live-flux.ts';
import { refIn } from '#domain/desired/manifest.ts';

import { type HostedEngine, createEngine, engineFiles } from '../../../src/adapters/engine/host.ts';
import {
  type Files,
  type TestRepository,
  type Workshop,
  openWorkshop,
} from '../../support/git-repository.ts';
import { open } from '../../adapters/git/opened.ts';

export const signal = new AbortController().signal;

/** Real repositories rendered by the real engine, for one test file. */
export interface DesiredBench {
  shop: Workshop;
  engine: HostedEngine;
  /** A remote with these files at its tip. */
  repository(files: Files): TestRepository;
  of(repository: TestRepository, parts?: { engine?: Engine; cluster?: LiveCluster }): Promise<Rendered>;
  close(): Promise<void>;
}

/** The desired state of one repository. */
export interface Rendered {
  /** At the tip unless asked otherwise. */
  render(question?: Partial<DesiredQuestion>): Promise<State>;
}

/** An answer, and ways to look into it; both throw for what is not in it. */
export interface State {
  renderings: readonly Rendering[];
  unread: readonly string[];
  of: (name: string) => Rendering;
  object: (ref: string) => DesiredObject;
}

export function openDesiredBench(): DesiredBench {
  const shop = openWorkshop();
  const engine = createEngine({ wasm: engineFiles() });
  const closers: (() => void)[] = [];
  return {
    shop,
    engine,
    repository: (files) => {
      const repository = shop.repository('work');
      repository.commit('All', files);
      return repository;
    },
    async of(repository, parts = {}) {
      const { reader, close } = await open({ repository: repository.path, cacheDir: shop.folder('cache') });
      closers.push(close);
      const state = createDesiredState({ repository: reader, engine, ...parts });
      return {
        async render(question = {}) {
          const { commit } = await reader.head(signal);
          return stateOf(await state.render({ at: { commit: commit.sha }, ...question }, signal));
        },
      };
    },
    async close() {
      for (const each of closers) each();
      await engine.close();
      shop.remove();
    },
  };
}

function stateOf(answer: Pick<State, 'renderings' | 'unread'>): State {
  return {
    ...answer,
    of: (name) =>
      found(
        answer.renderings.find((one) => one.name === name),
        name,
      ),
    object: (ref) =>
      found(
        answer.renderings.flatMap(({ objects }) => objects).find(({ object }) => refIn(object) === ref),
        ref,
      ),
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is not in the answer`);
  return value;
}

/** A Flux Kustomization as text; `spec` is YAML, indented by two. */
export function kustomization(name: string, path: string, spec = ''): string {
  const source = spec.includes('sourceRef:') ? '' : '  sourceRef: {kind: GitRepository, name: flux-system}\n';
  return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 10m
  prune: true
  path: ${path}
${source}${spec}`;
}

/** A kustomization.yaml that lists these. */
export function listing(...resources: string[]): string {
  return `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${resources.map((path) => `  - ${path}\n`).join('')}`;
}

/** A ConfigMap as text; `data` is YAML in one line. */
export function configMap(name: string, data: string, namespace = 'default'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\ndata: ${data}\n`;
}
