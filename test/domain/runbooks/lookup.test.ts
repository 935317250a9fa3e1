import { describe, expect, it } from 'vitest';

import { builtInFor, FINDING_RUNBOOKS } from '#domain/runbooks/finding-runbooks.ts';
import { runbookFor } from '#domain/runbooks/for-finding.ts';
import { lookup } from '#domain/runbooks/lookup.ts';
import type { Question } from '#domain/runbooks/question.ts';
import { indexOfFiles } from '../../support/runbook-files.ts';
import type { RunbookFile } from '#domain/runbooks/runbook-file.ts';

import { DISTRACTORS } from './distractors.ts';
import { BUILT_IN } from './shelf.ts';

function own(path: string, text: string): RunbookFile {
  return { path, text, origin: 'operator', commit: 'c0ffee' };
}

const CATCH_ALL = own(
  'docs/runbooks/alerts.md',
  `# What to do when it rings

## NodeFilesystemFull
Delete old images.

## Backups
- **VolSyncVolumeOutOfSync**: ask Sam first.
- **WikiSlow**: restart the search.

## Rules

\`\`\`yaml
- alert: FreezerWarm
  expr: temperature > -10
\`\`\`

Close the door.
`,
);

const DEGRADED = own(
  'docs/runbooks/longhorn-degraded.md',
  '# A Longhorn volume is degraded\n\n## Symptoms\nAlert `LonghornVolumeStatusWarning`.\n\n## Checks\nLook at the replicas.\n\n## Disk replacement steps\nOrder a new disk.\n',
);

const index = indexOfFiles([...BUILT_IN, ...DISTRACTORS, CATCH_ALL, DEGRADED]);

function first(question: Question, among = index): string | undefined {
  const [match] = lookup(among, question).matches;
  return match && `${match.runbook.id}#${match.section.anchor}`;
}

describe('an alert', () => {
  it.each([
    ['a heading', 'NodeFilesystemFull', 'docs/runbooks/alerts#nodefilesystemfull'],
    ['bold words', 'WikiSlow', 'docs/runbooks/alerts#backups'],
    ['a rule', 'FreezerWarm', 'docs/runbooks/alerts#rules'],
    ['a sentence', 'LonghornVolumeStatusWarning', 'docs/runbooks/longhorn-degraded#checks'],
    ['front matter', 'KubeNodeNotReady', 'node-not-ready#checks'],
    ['other letters', 'kubenodenotready', 'node-not-ready#checks'],
  ])('is found by its name in %s', (_, alert, place) => {
    expect(first({ alert })).toBe(place);
  });
});

describe('a link', () => {
  const blob = 'https://github.com/home/cluster/blob/main/';

  it.each([
    ['a blob', `${blob}docs/runbooks/longhorn-degraded.md`],
    ['a blob with line', `${blob}docs/runbooks/longhorn-degraded.md?plain=1#L6-L8`],
    ['a blob at a commit', `${blob.replace('main', 'c0ffee')}docs/runbooks/longhorn-degraded.md`],
    ['a GitLab blob', 'https://git.example.test/home/cluster/-/blob/main/docs/runbooks/longhorn-degraded.md'],
    [
      'a Forgejo file',
      'https://git.example.test/home/cluster/src/branch/main/docs/runbooks/longhorn-degraded.md',
    ],
    ['a raw file', 'https://raw.example.test/home/cluster/main/docs/runbooks/longhorn-degraded.md'],
    ['a relative path', 'docs/runbooks/longhorn-degraded.md'],
    ['a path upwards', '../../docs/runbooks/longhorn-degraded.md'],
    ['a path from the root', '/docs/runbooks/longhorn-degraded.md#checks'],
    ['a published page', 'https://docs.example.test/runbooks/longhorn-degraded/'],
    ['other letters', 'Docs/Runbooks/Longhorn-Degraded.md'],
    ['an encoded path', `${blob}docs%2Frunbooks%2Flonghorn-degraded.md`],
    ['a file that was moved', `${blob}old/place/longhorn-degraded.md`],
  ])('is followed: %s', (_, runbookUrl) => {
    const { matches, deadLink } = lookup(index, { runbookUrl, alert: 'SomethingElse' });

    expect(matches[0]?.runbook.path).toBe('docs/runbooks/longhorn-degraded.md');
    expect(matches[0]?.section.heading).toBe('Checks');
    expect(deadLink).toBeUndefined();
  });

  it.each([
    ['an anchor', 'docs/runbooks/longhorn-degraded.md#disk-replacement-steps', 'disk-replacement-steps'],
    ['a line', 'docs/runbooks/longhorn-degraded.md#L10', 'disk-replacement-steps'],
    ['a dead anchor', 'docs/runbooks/longhorn-degraded.md#gone', 'checks'],
  ])('leads to the section: %s', (_, runbookUrl, anchor) => {
    expect(first({ runbookUrl })).toBe(`docs/runbooks/longhorn-degraded#${anchor}`);
  });

  it.each([
    'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubenodenotready',
    'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/KubeNodeNotReady/',
    'https://github.com/kubernetes-monitoring/kubernetes-mixin/tree/master/runbook.md#alert-name-kubenodenotready',
  ])('to a page of others is taken as the name of the alert: %s', (runbookUrl) => {
    expect(first({ runbookUrl })).toBe('node-not-ready#checks');
    expect(lookup(index, { runbookUrl }).deadLink).toBeUndefined();
  });

  it('that is dead is said to be, and the alert is asked', () => {
    const answer = lookup(index, { alert: 'KubeNodeNotReady', runbookUrl: `${blob}docs/gone.md` });

    expect(answer.deadLink).toBe(true);
    expect(answer.matches[0]?.runbook.id).toBe('node-not-ready');
  });

  it.each(['%E0%A4%A', '', '#', 'https://', '?', 'javascript:alert(1)', '/'.repeat(500)])(
    'of no sense does no harm: %j',
    (runbookUrl) => {
      expect(lookup(index, { runbookUrl }).matches).toEqual([]);
    },
  );
});

describe("the operator's own runbook", () => {
  it.each<[string, Question]>([
    ['names the alert', { alert: 'LonghornVolumeStatusWarning' }],
    ['is on the subject of the reason', { finding: { reason: 'AttachFailed', kind: 'VolumeAttachment' } }],
    ['is on the subject of the words', { text: 'longhorn replica will not rebuild' }],
  ])('comes before the built-in one where it %s', (_, question) => {
    const { matches } = lookup(index, question);

    expect(matches[0]?.runbook.path).toBe('docs/runbooks/longhorn-degraded.md');
    expect(matches.slice(1).map(({ runbook }) => runbook.id)).toContain('volume-degraded');
  });

  it('does not come before where it is on something else', () => {
    expect(first({ finding: { reason: 'BuildFailed', kind: 'Kustomization' } })).toBe(
      'kustomization-build-failure#checks',
    );
  });

  it('answers with the section that speaks of the thing', () => {
    expect(first({ text: 'steps of the disk replacement' })).toBe(
      'docs/runbooks/longhorn-degraded#disk-replacement-steps',
    );
  });
});

describe('nothing', () => {
  it('is asked', () => {
    expect(lookup(index, {}).none).toMatch(/^nothing to look for/);
    expect(lookup(index, { text: 'what is it?' }).none).toMatch(/^nothing to look for/);
  });

  it('fits, and the nearest is named with what it lacks', () => {
    expect(lookup(index, { alert: 'KubeletPlaystationDown' }).none).toMatch(/^no runbook is about this/);
  });

  it('is there at all', () => {
    expect(lookup(indexOfFiles([]), { text: 'node down' })).toEqual({
      matches: [],
      none: 'no runbook is about this',
    });
  });
});

it('answers the same whatever the order of the files', () => {
  const question = { text: 'volume backup of a node' };
  const turned = indexOfFiles([DEGRADED, CATCH_ALL, ...DISTRACTORS.toReversed(), ...BUILT_IN.toReversed()]);

  const ids = lookup(index, question).matches.map(({ runbook }) => runbook.id);
  const turnedIds = lookup(turned, question).matches.map(({ runbook }) => runbook.id);

  expect(ids.length).toBeGreaterThan(1);
  expect(turnedIds).toEqual(ids);
});

describe('the runbook of a finding', () => {
  const builtIn = indexOfFiles(BUILT_IN);

  it.each([
    ['NotReady', 'Node/worker-1', 'node-not-ready'],
    ['NotReady', 'Deployment/wiki/wiki', undefined],
    ['CrashLoopBackOff', 'Deployment/wiki/wiki', 'crashloop-after-image-bump'],
    ['ArtifactFailed', 'HelmRelease/wiki/wiki', 'helmrelease-retries-exhausted'],
    ['ArtifactFailed', 'Kustomization/flux-system/wiki', 'kustomization-build-failure'],
    ['JobFailed', 'CronJob/paperless/paperless-backup-drill', 'backup-overdue'],
    ['JobFailed', 'CronJob/wiki/wiki-reindex', undefined],
    ['Overdue', 'CronJob/db/nightly-dump', 'backup-overdue'],
    ['Terminating', 'Namespace/old', 'namespace-stuck-terminating'],
    ['Terminating', 'Pod/wiki/wiki-0', undefined],
    ['MaxedOut', 'HorizontalPodAutoscaler/wiki/wiki', undefined],
    ['TargetPortMissing', 'Service/wiki/wiki', undefined],
  ])('%s of %s', (reason, ref, id) => {
    expect(runbookFor(builtIn, { component: 'any', reason, ref })?.id).toBe(id);
  });

  it('is told by the message where the reason has two', () => {
    const finding = { component: 'flux', reason: 'BuildFailed', ref: 'Kustomization/flux-system/apps' };

    expect(runbookFor(builtIn, { ...finding, message: 'kustomize build failed: no such file' })).toEqual({
      id: 'kustomization-build-failure',
      title: 'Kustomization build failure',
    });
    expect(runbookFor(builtIn, { ...finding, message: 'failed to decrypt and format' })?.id).toBe(
      'sops-decryption-failure',
    );
  });

  it("is the operator's own on the same subject", () => {
    const finding = { component: 'storage', reason: 'AttachFailed', ref: 'VolumeAttachment/csi-1' };

    expect(runbookFor(index, finding)).toEqual({
      id: 'docs/runbooks/longhorn-degraded',
      title: 'A Longhorn volume is degraded',
    });
  });

  it("is the operator's own that names a reason which no built-in one knows", () => {
    const file = own(
      'docs/runbooks/scaling.md',
      '# Scaling\n\n## MaxedOut\nBuy memory.\n\n## TargetPortMissing\nRename it.',
    );
    const scaling = indexOfFiles([...BUILT_IN, file]);

    expect(
      runbookFor(scaling, { component: 'network', reason: 'TargetPortMissing', ref: 'Service/a/b' })?.id,
    ).toBe('docs/runbooks/scaling');
  });

  it('leads to runbooks that exist and that name the reason', () => {
    const byId = new Map(builtIn.runbooks.map((runbook) => [runbook.id, runbook]));
    const unnamed = FINDING_RUNBOOKS.flatMap(({ runbook, reasons }) =>
      reasons
        .filter((reason) => !byId.get(runbook)?.text.includes(reason))
        .map((reason) => `${runbook}: ${reason}`),
    );

    expect(unnamed).toEqual([]);
  });

  it('has no row that another hides', () => {
    const hidden = FINDING_RUNBOOKS.filter(({ reasons, kinds = ['Any'], names, says, runbook }) =>
      names || says
        ? false
        : !reasons.some((reason) => kinds.some((kind) => builtInFor({ reason, kind }) === runbook)),
    );

    expect(hidden).toEqual([]);
  });
});
