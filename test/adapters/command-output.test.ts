import { describe, expect, it } from 'vitest';

import { causeIn, withoutOutput } from '../../src/adapters/kubernetes/project/command-output.ts';
import { textWith } from '../../src/adapters/kubernetes/project/meta.ts';
import { rawLonghornBackup, rawBackupTarget, longhornCondition } from '../cluster/crds/longhorn.ts';
import { rawPostgresBackup } from '../cluster/crds/cnpg.ts';
import { rawReplicationDestination, rawReplicationSource, statusAt } from '../cluster/crds/volsync.ts';
import { projectorOf } from '../../src/adapters/kubernetes/project/index.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { servedKind } from '../support/memory-cluster.ts';

const AT = '2026-03-14T03:00:00Z';

const read = (raw: Manifest): string => {
  const kind = servedKind(raw.kind, raw.apiVersion, raw.metadata.namespace !== undefined);
  return JSON.stringify(
    projectorOf(
      kind,
      textWith((text) => text),
    )(raw),
  );
};

const moverSaid = (logs: string) => statusAt(AT, { latestMoverStatus: { result: 'Failed', logs } });

/** Longhorn's way to say that its engine binary failed (longhorn go-common-libs exec). */
const executed = (stderr: string): string =>
  `failed to execute: /engine-binaries/longhorn [backup create --dest s3://b], output open-sesame, stderr ${stderr}: exit status 1`;

const pod = (policy: string, message: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'apps' },
  spec: { containers: [{ name: 'main', image: 'x', terminationMessagePolicy: policy }] },
  status: {
    containerStatuses: [
      {
        name: 'main',
        state: { terminated: { exitCode: 1, message } },
        lastState: { terminated: { exitCode: 1, message } },
      },
    ],
  },
});

describe('what a command has printed', () => {
  it.each([
    ['Fatal: unable to create lock in backend: repository is already locked by PID 7', /already locked/],
    ['Fatal: wrong password or no key found', /password .* is wrong/],
    ['write /cache/x: no space left on device', /no space left/],
    ['client.PutObject: Access Denied.', /access is denied/],
    ['NoSuchBucket: The specified bucket does not exist', /bucket does not exist/],
    ['Fatal: repository does not exist: unable to open config file', /repository does not exist/],
    ['dial tcp: lookup s3.example.test: no such host', /does not resolve/],
    ['tls: failed to verify certificate: x509: signed by unknown authority', /not trusted/],
    ['dial tcp 192.0.2.9:443: connect: connection refused', /does not answer/],
    ['429 Too Many Requests', /limits requests/],
    ['pack 1a2b: ciphertext verification failed', /damaged/],
    ['lstat /data/x: permission denied', /permission is denied/],
    ['signal: killed', /was killed/],
  ])('%j is told in our words', (output, words) => {
    expect(causeIn(output)).toMatch(words);
  });

  it.each([[undefined], [''], ['open-sesame'], [{ output: 'access denied' }]])(
    '%j tells nothing',
    (output) => {
      expect(causeIn(output)).toBeUndefined();
    },
  );

  it.each([
    ['Readiness probe failed: HTTP probe failed with statuscode: 503'],
    ['Job has reached the specified backoff limit'],
    ['the output stage of the pipeline is not ready'],
  ])('is not in %j', (text) => {
    expect(withoutOutput(text)).toBe(text);
  });

  it.each([
    [
      executed('AWS Error: AccessDenied'),
      /^failed to execute: .* \(its output is left out: access is denied/,
    ],
    ['exit status 4, stderr: open-sesame', /^exit status 4 \(its output is left out\)$/],
    [
      'Helm install failed: context deadline exceeded\n\nLast Helm logs:\n\nopen-sesame',
      /^Helm install failed: context deadline exceeded \(its output/,
    ],
  ])('is cut from %j', (text, rest) => {
    expect(withoutOutput(text)).toMatch(rest);
    expect(withoutOutput(text)).not.toContain('open-sesame');
  });
});

describe('no object is read with what a command has printed', () => {
  it.each<[string, Manifest]>([
    ['a source of VolSync', rawReplicationSource(AT, { status: moverSaid('open-sesame') })],
    ['a destination of VolSync', rawReplicationDestination(AT, { status: moverSaid('open-sesame') })],
    ['a backup of Longhorn', rawLonghornBackup('b', 'v', AT, { state: 'Error', error: executed('x') })],
    [
      'a condition of Longhorn',
      rawBackupTarget({ conditions: [longhornCondition('Unavailable', 'True', AT, 'x', executed('y'))] }),
    ],
    [
      'a backup of CloudNativePG',
      rawPostgresBackup('b', AT, {
        error: "can't execute backup: exit status 4, stderr: open-sesame",
        commandOutput: 'open-sesame',
        commandError: 'open-sesame',
      }),
    ],
    ['a pod whose message is the end of its log', pod('FallbackToLogsOnError', 'open-sesame')],
  ])('%s', (_what, raw) => {
    expect(JSON.stringify(raw)).toContain('open-sesame');
    expect(read(raw)).not.toContain('open-sesame');
  });

  it('but with what a container left as its message on purpose', () => {
    expect(read(pod('File', 'config is missing'))).toContain('config is missing');
  });

  it('and with what the log of a mover tells', () => {
    const source = rawReplicationSource(AT, { status: moverSaid('Fatal: repository is already locked') });

    expect(read(source)).toContain('"failure":"the repository is already locked"');
  });
});
