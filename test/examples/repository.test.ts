import { posix } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { after, readHistory, treesOf, type Tree } from '../../scripts/homelab/history.ts';
import {
  dependenciesOf,
  fluxKustomizations,
  kustomizedDirectories,
  listedIn,
  ofKind,
  reachable,
  ROOT,
  textAt,
  valueAt,
} from './manifests.ts';

const history = readHistory();
const trees = treesOf(history);
const final = trees.at(-1) ?? new Map();
const states: [string, Tree][] = [
  ...trees.map((tree, index): [string, Tree] => [history.commits[index]?.subject ?? '', tree]),
  ...history.cases.map((each): [string, Tree] => [each.branch, after(final, each)]),
];

describe.each(states)('after: %s', (_subject, tree) => {
  test('every YAML file parses without a warning', () => {
    const problems = [...tree]
      .filter(([file]) => file.endsWith('.yaml'))
      .flatMap(([file, text]) =>
        parseAllDocuments(text).flatMap(({ errors, warnings }) =>
          [...errors, ...warnings].map(({ message }) => `${file}: ${message}`),
        ),
      );

    expect(problems).toEqual([]);
  });

  test('every kustomization.yaml lists what exists, and all of its own directory', () => {
    const missing: string[] = [];
    const left: string[] = [];

    for (const directory of kustomizedDirectories(tree)) {
      const listed = listedIn(tree, directory);
      missing.push(...listed.filter((path) => !tree.has(path) && !tree.has(`${path}/kustomization.yaml`)));
      if (!directory.endsWith('/app')) continue;
      const own = [...tree.keys()].filter((path) => posix.dirname(path) === directory);
      left.push(...own.filter((path) => !listed.includes(path) && !path.endsWith('/kustomization.yaml')));
    }

    expect(missing).toEqual([]);
    expect(left).toEqual([]);
  });

  test('every Kustomization has a path that exists and waits for names that exist', () => {
    const kustomizations = fluxKustomizations(tree);
    const names = kustomizations.map((each) => textAt(each, 'metadata', 'name'));

    const paths = kustomizations
      .filter((each) => textAt(each, 'spec', 'sourceRef', 'kind') === 'GitRepository')
      .map((each) => posix.join(textAt(each, 'spec', 'path'), 'kustomization.yaml'));
    const waitedFor = kustomizations.flatMap(dependenciesOf);

    expect(paths.filter((path) => !tree.has(path))).toEqual([]);
    expect(waitedFor.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the final tree', () => {
  const releases = ofKind(final, 'HelmRelease', 'helm.toolkit.fluxcd.io');
  const applied = new Set([
    ...reachable(final, ROOT),
    ...fluxKustomizations(final).flatMap((each) =>
      reachable(final, posix.normalize(textAt(each, 'spec', 'path'))),
    ),
  ]);
  const running = releases.filter(({ file }) => applied.has(file));

  test('runs fourteen releases at exact versions, and only the wiki pins its image', () => {
    const pinned = running.filter((each) => valueAt(each, 'spec', 'values', 'image') !== undefined);

    expect(running).toHaveLength(14);
    expect(running.map((each) => textAt(each, 'spec', 'chart', 'spec', 'version')).filter(isInexact)).toEqual(
      [],
    );
    expect(pinned.map((each) => textAt(each, 'metadata', 'name'))).toEqual(['wiki']);
  });

  test('has Talos and Kubernetes at one version each, wherever it stands', () => {
    const talconfig = parseAllDocuments(final.get('clusters/main/talos/talconfig.yaml') ?? '')[0];
    const [settings] = ofKindNamed('ConfigMap', 'upgrade-settings');
    const data = Object.entries((settings && valueAt(settings, 'data')) as Record<string, string>);

    const installers = data.filter(([key]) => key.startsWith('TALOS_INSTALLER_IMAGE_'));

    expect(Object.fromEntries(data)).toMatchObject({
      TALOS_VERSION: talconfig?.get('talosVersion'),
      KUBERNETES_VERSION: talconfig?.get('kubernetesVersion'),
    });
    expect(installers.map(([, image]) => image.split(':')[1])).toEqual(
      Array(2).fill(talconfig?.get('talosVersion')),
    );
  });

  test('logs each disabled service and no other', () => {
    const log = final.get('docs/disabled-services-decision-log.md') ?? '';

    const rows = [...log.matchAll(/^\| `(?<file>[^`]+\/ks\.yaml)`/gm)].map(({ groups }) => groups?.['file']);
    const commented = [...final]
      .filter(([path]) => path.endsWith('/kustomization.yaml'))
      .flatMap(([path, text]) =>
        [...text.matchAll(/^ *# - (?<entry>\S+)  # Disabled: \S/gm)].map(({ groups }) =>
          posix.join(posix.dirname(path).slice(ROOT.length + 1), groups?.['entry'] ?? ''),
        ),
      );

    expect(rows).toEqual(['apps/recipes/ks.yaml', 'network/dns-sinkhole/ks.yaml']);
    expect(commented).toEqual(rows);
    expect(rows.filter((file) => !final.has(`${ROOT}/${file}`))).toEqual([]);
  });

  test('checks six services from inside, one of them a disabled one, and no public name', () => {
    const [config] = ofKindNamed('ConfigMap', 'gatus-config');
    const text = config ? textAt(config, 'data', 'config.yaml') : '';
    const { endpoints } = parse(text) as { endpoints: { name: string; url: string }[] };

    const hosts = endpoints.map(({ url }) => new URL(url).hostname);

    expect(hosts).toHaveLength(6);
    expect(hosts.filter((host) => !host.endsWith('.svc.cluster.local'))).toEqual([]);
    expect(endpoints.map(({ name }) => name).filter((name) => !isRunning(name))).toEqual(['dns-sinkhole']);
  });

  test('has a runbook link of every form', () => {
    const rules = ofKind(final, 'PrometheusRule', 'monitoring.coreos.com')
      .flatMap((each) => valueAt(each, 'spec', 'groups') as { rules: Alert[] }[])
      .flatMap(({ rules: alerts }) => alerts);
    const forms = Object.fromEntries(
      rules.map((rule) => [rule.alert, formOf(rule.annotations['runbook_url'])]),
    );

    expect(forms).toEqual({
      BlackboxProbeFailed: 'relative',
      BlackboxProbeSslCertExpiringSoon: 'blob URL',
      KubePodCrashLooping: 'built-in',
      FluxKustomizationNotReady: 'none',
      VolSyncVolumeOutOfSync: 'anchored',
      LonghornVolumeStatusWarning: 'dead',
    });
  });

  test('uses no variable that its settings do not define', () => {
    const names = [...applied]
      .flatMap((file) => [...(final.get(file) ?? '').matchAll(/\$\{(?<name>\w+)\}/g)])
      .map(({ groups }) => groups?.['name'] ?? '');
    const defined = ['cluster-config', 'upgrade-settings', 'cluster-secrets']
      .flatMap((name) => [...ofKindNamed('ConfigMap', name), ...ofKindNamed('Secret', name)])
      .flatMap((each) => Object.keys((valueAt(each, 'data') ?? valueAt(each, 'stringData')) as object));

    expect([...new Set(names)].filter((name) => !defined.includes(name))).toEqual([]);
    expect(names).toContain('DOMAIN_0');
  });

  test('has runbooks that are worth reading and link to what exists', () => {
    const runbooks = [...final].filter(([path]) => path.startsWith('docs/runbooks/'));
    const linked = runbooks.flatMap(([, text]) => [...text.matchAll(/`(?<path>docs\/[\w./-]+\.md)`/g)]);

    const sections = runbooks.map(([, text]) =>
      [...text.matchAll(/^## (?<title>.+)$/gm)].map((match) => match[1]),
    );

    expect(runbooks).toHaveLength(6);
    for (const titles of sections)
      expect(titles).toEqual(
        expect.arrayContaining(['Symptoms', 'Meaning', 'Checks', 'Remedy', 'Verification', 'When to stop']),
      );
    expect(
      linked
        .map(({ groups }) => groups?.['path'] ?? '')
        .filter((path) => !final.has(path) && !path.includes('YYYY')),
    ).toEqual([]);
  });

  function isRunning(name: string): boolean {
    return running.some((each) => textAt(each, 'metadata', 'name') === name);
  }
});

interface Alert {
  alert: string;
  annotations: Record<string, string>;
}

function ofKindNamed(kind: string, name: string) {
  return ofKind(final, kind, '').filter((each) => textAt(each, 'metadata', 'name') === name);
}

function isInexact(version: string): boolean {
  return !/^\d+\.\d+\.\d+$/.test(version);
}

function formOf(link: string | undefined): string {
  if (link === undefined) return 'none';
  if (link.startsWith('https://runbooks.prometheus-operator.dev/')) return 'built-in';
  const [file = '', anchor] = link.replace('https://git.example.test/home/cluster/blob/main/', '').split('#');
  if (!final.has(file)) return 'dead';
  if (anchor !== undefined) return headingsOf(file).includes(anchor) ? 'anchored' : 'dead';
  return file === link ? 'relative' : 'blob URL';
}

function headingsOf(file: string): string[] {
  const titles = [...(final.get(file) ?? '').matchAll(/^#+ (?<title>.+)$/gm)].map((match) => match[1] ?? '');
  return titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}
