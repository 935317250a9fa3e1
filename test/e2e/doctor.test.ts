import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { grant } from '../cluster/rbac.ts';
import { deploymentTree, namespace } from '../cluster/seed.ts';
import { ask, newFolder, type Ran, runDaytwo, serveDaytwo, withUser } from '../support/daytwo.ts';
import { grantPrinted, printedRules } from '../support/viewer.ts';

/** Lines by mark and check, with their remedy: `FAIL cluster` to the rest. */
function verdictsIn({ stdout }: Ran): Record<string, string> {
  const lines = stdout.trimEnd().replaceAll('\n      ', ' => ').split('\n').slice(0, -1);
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const [, mark = '', check = '', rest = ''] = /^(ok|WARN|FAIL) +([^:]+): (.*)$/.exec(line) ?? [];
      return [`${mark} ${check}`, rest];
    }),
  );
}

function lastLine({ stdout }: Ran): string {
  return stdout.trimEnd().split('\n').at(-1) ?? '';
}

function doctor(kubeconfig: string, args: readonly string[] = []): Promise<Ran> {
  return runDaytwo(['--kubeconfig', kubeconfig, '--audit-dir', newFolder(), ...args, 'doctor']);
}

/** Writes a login plugin that prints the token of a file; a `note` file beside it counts its runs. */
function writePlugin(token: string): { command: string; runs: () => number } {
  const folder = newFolder();
  const command = join(folder, 'login');
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token },
  };
  writeFileSync(join(folder, 'runs'), '');
  writeFileSync(
    command,
    `#!/bin/sh\necho run >> '${folder}/runs'\ncat <<'END'\n${JSON.stringify(credential)}\nEND\n`,
  );
  chmodSync(command, 0o755);
  return { command, runs: () => readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1 };
}

function execUser(command: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  const apiVersion = 'client.authentication.k8s.io/v1';
  return { exec: { apiVersion, command, interactiveMode: 'Never', ...extra } };
}

describeCluster('doctor', () => {
  let own: ControlPlane;

  beforeAll(async () => {
    own = await startControlPlane({ users: ['viewer', 'half'] });
    await grantPrinted(own.admin, 'viewer');
  });
  afterAll(() => own.stop());

  test('warns where Flux is not installed, and says all else is well for a viewer', async () => {
    const ran = await doctor(own.kubeconfig('viewer'));

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(lastLine(ran)).toBe('ready');
    expect(verdictsIn(ran)).toEqual({
      'ok policy': expect.stringMatching(/policy\.yaml, version 2, [0-9a-f]{12}, \d+ rules$/),
      'ok audit log': expect.stringContaining('daytwo-test-'),
      'ok cluster': `context daytwo-test, ${own.endpoint.server}, Kubernetes v1.36.2`,
      'ok permissions needed': expect.stringMatching(/^all \d+ reads are allowed$/),
      'ok permissions not wanted': expect.stringMatching(/^none of \d+ tried is allowed$/),
      'WARN Flux': expect.stringMatching(/^not installed: the cluster serves no Flux kind => /),
    });
  });

  test('names Flux and the version of each controller, and fails when one is down', async () => {
    const controllers = ['source-controller', 'kustomize-controller'].flatMap((name) =>
      deploymentTree(name, 'flux-system', {
        image: `ghcr.test/fluxcd/${name}:v1.9.4@sha256:${'0'.repeat(64)}`,
        labels: { 'app.kubernetes.io/version': 'v2.9.1', 'app.kubernetes.io/component': name },
      }),
    );
    await own.admin.createAll([namespace('flux-system'), ...controllers]);
    const well = await doctor(own.kubeconfig('viewer'));
    const kustomizeController = controllers.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'kustomize-controller',
    ) as Manifest;
    await own.admin.patchStatus(kustomizeController, { readyReplicas: null, availableReplicas: null });

    const broken = await doctor(own.kubeconfig('viewer'));

    expect(well.code).toBe(0);
    expect(verdictsIn(well)['ok Flux']).toBe('v2.9.1: kustomize-controller v1.9.4, source-controller v1.9.4');
    expect(broken.code).toBe(1);
    expect(lastLine(broken)).toBe('1 of 6 checks failed');
    expect(verdictsIn(broken)['FAIL Flux']).toMatch(
      /^v2\.9\.1: kustomize-controller v1\.9\.4 \(0 of 1 ready\), source-controller v1\.9\.4 => Not available: kustomize-controller\./,
    );
    await own.admin.setStatus(kustomizeController);
  });

  test('warns an administrator of what an identity that reads should not be able to do', async () => {
    const ran = await doctor(own.kubeconfig('admin'));

    const surplus = verdictsIn(ran)['WARN permissions not wanted'] ?? '';
    expect(ran.code).toBe(0);
    expect(surplus).toContain('get,list,watch secrets');
    expect(surplus).toContain('pods/exec');
    expect(surplus).toContain('impersonate users');
    expect(surplus).toContain('=> daytwo never uses them');
  });

  test('fails for an identity that may read nothing', async () => {
    const ran = await doctor(own.kubeconfig('limited'));

    expect(ran.code).toBe(1);
    expect(verdictsIn(ran)).toMatchObject({
      'FAIL permissions needed': expect.stringMatching(
        /^this identity may read nothing: all \d+ are missing => Bind/,
      ),
      'ok permissions not wanted': expect.any(String),
      'WARN Flux': expect.stringMatching(
        /^not known, Deployments cannot be read: not permitted: User "limited"/,
      ),
    });
  });

  test('names just what is missing when something is', async () => {
    const rules = await printedRules();
    const batchless = rules.filter(({ apiGroups }) => apiGroups[0] !== 'batch');
    const withoutPods = batchless.map((rule) =>
      rule.apiGroups[0] === ''
        ? { ...rule, resources: rule.resources.filter((name) => name !== 'pods') }
        : rule,
    );
    await grant(own.admin, 'half', [
      ...withoutPods,
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    ]);

    const ran = await doctor(own.kubeconfig('half'));

    expect(ran.code).toBe(0);
    expect(verdictsIn(ran)['WARN permissions needed']).toMatch(
      /^missing 8 of \d+: list,watch pods; get,list,watch cronjobs\.batch, jobs\.batch => /,
    );
  });

  test.each([
    [
      'nobody listens',
      { server: 'https://127.0.0.1:1' },
      /cannot be reached \(connection refused\) => Check that the address/,
    ],
    ['the host does not exist', { server: 'https://no-such-host.invalid' }, /its name does not resolve/],
    [
      'the token is wrong',
      { token: 'of-nobody' },
      /the API server does not accept this login.* => Log in again/,
    ],
  ])('fails once and soon when %s', async (_what, options, words) => {
    const ran = await doctor(own.kubeconfig('viewer', options));

    expect(ran.code).toBe(1);
    expect(lastLine(ran)).toBe('1 of 3 checks failed');
    expect(verdictsIn(ran)['FAIL cluster']).toMatch(words);
  });

  test('fails when the certificate is of another authority', async () => {
    const text = readFileSync(own.kubeconfig('viewer'), 'utf8').replace(/certificate-authority-data: .*/, '');
    const file = join(newFolder(), 'kubeconfig.yaml');
    writeFileSync(file, text);

    const ran = await doctor(file);

    expect(ran.code).toBe(1);
    expect(verdictsIn(ran)['FAIL cluster']).toContain(
      'its certificate is not signed by the CA of the kubeconfig',
    );
  });

  test('lists the contexts when the one asked for does not exist', async () => {
    const ran = await doctor(own.kubeconfig('viewer', { context: 'home' }), ['--context', 'hoem']);

    expect(ran.code).toBe(1);
    expect(verdictsIn(ran)['FAIL cluster']).toMatch(/has no context "hoem" => .*: home\.$/);
  });

  test.each([
    ['does not exist', undefined, /does not exist => /],
    ['is not YAML', '{clusters: [', /cannot be read: /],
  ])('fails for a kubeconfig that %s', async (_what, text, words) => {
    const file = join(newFolder(), 'kubeconfig.yaml');
    if (text !== undefined) writeFileSync(file, text);

    const ran = await doctor(file);

    expect(ran.code).toBe(1);
    expect(verdictsIn(ran)['FAIL cluster']).toMatch(words);
    expect(verdictsIn(ran)['FAIL cluster']).toContain(file);
  });

  test('fails for a policy with a mistake, naming its line, and looks at the cluster all the same', async () => {
    const shipped = readFileSync(join(import.meta.dirname, '../../policy/policy.yaml'), 'utf8');
    const file = join(newFolder(), 'policy.yaml');
    writeFileSync(file, shipped.replace('kinds: [Secret]', 'kinds: [Sekret]'));
    const line = shipped.split('\n').findIndex((text) => text.includes('kinds: [Secret]')) + 1;

    const ran = await doctor(own.kubeconfig('viewer'), ['--policy', file]);

    expect(ran.code).toBe(1);
    expect(verdictsIn(ran)['FAIL policy']).toContain(`${file}:${line}`);
    expect(verdictsIn(ran)['ok cluster']).toContain('v1.36.2');
    expect(verdictsIn(ran)['ok permissions needed']).toBeDefined();
    expect(lastLine(ran)).toBe('1 of 6 checks failed');
  });

  test('tells a login plugin that is not there from one that fails', async () => {
    const missing = withUser(
      own.kubeconfig('viewer'),
      execUser('no-such-plugin', { installHint: 'Install it.' }),
    );
    const failing = withUser(
      own.kubeconfig('viewer'),
      execUser('sh', { args: ['-c', 'echo session expired >&2; exit 3'] }),
    );

    const [notThere, failed] = await Promise.all([doctor(missing), doctor(failing)]);

    expect(verdictsIn(notThere)['FAIL cluster']).toMatch(
      /the login plugin no-such-plugin of user .* failed: .*ENOENT.*Install it\./,
    );
    expect(verdictsIn(failed)['FAIL cluster']).toMatch(
      /the login plugin sh of user .* failed: .*session expired/,
    );
  });

  test('takes the login of a plugin, which a server then asks once', async () => {
    const plugin = writePlugin(own.endpoint.tokens['viewer'] ?? '');
    const kubeconfig = withUser(own.kubeconfig('limited'), execUser(plugin.command));

    const ran = await doctor(kubeconfig);
    const before = plugin.runs();
    const session = await serveDaytwo(kubeconfig);
    const first = await ask(session, 'health_summary');
    const second = await ask(session, 'resource_list', { kind: 'nodes' });
    await session.close();

    expect(ran.code).toBe(0);
    expect(first.unchecked).toBeUndefined();
    expect(second.unchecked).toBeUndefined();
    expect(plugin.runs() - before).toBe(1);
  });

  test('takes a client certificate', async () => {
    await grantPrinted(own.admin, 'with-certificate');
    const kubeconfig = own.kubeconfigWithClientCert('with-certificate');

    const ran = await doctor(kubeconfig);
    const session = await serveDaytwo(kubeconfig);
    const answer = await ask(session, 'health_summary');
    await session.close();

    expect(ran.code).toBe(0);
    expect(answer.unchecked).toBeUndefined();
    expect(answer.verdict).toBe('healthy');
  });
});
