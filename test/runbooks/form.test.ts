import { describe, expect, it } from 'vitest';

import { parseRunbook } from '#domain/runbooks/runbook.ts';

import { CATALOG } from '../../src/catalog.ts';
import { BUILT_IN } from '../domain/runbooks/shelf.ts';
import { commandsIn, isReading, toolCallsIn } from './commands.ts';

const SECTIONS = ['Symptoms', 'Meaning', 'Checks', 'Remedy through Git', 'Verification', 'When to stop'];

/** Tools whose names are final, whether or not they are on the shelf yet. */
const TOOLS = new Set(
  `health_summary reconciliation_status explain_resource drift_diff runbook_lookup resource_list resource_get event_list
  log_tail probe_status metric_query log_search upgrade_status backup_status disabled_services access_audit secret_hygiene
  recent_changes repo_search repo_read repo_history policy_explain propose_change propose_rollback propose_note
  propose_toggle proposal_list proposal_check`.split(/\s+/),
);

const SUBJECTS = [
  'backup-overdue',
  'certificate-renewal-failure',
  'crashloop-after-image-bump',
  'dependency-not-ready',
  'flux-controller-down',
  'helmrelease-retries-exhausted',
  'kustomization-build-failure',
  'loadbalancer-pool-exhausted',
  'namespace-stuck-terminating',
  'node-not-ready',
  'operator-bootstrap',
  'restore-drill',
  'sops-decryption-failure',
  'suspended-and-forgotten',
  'upgrade-stuck',
  'volume-degraded',
];

it('has one runbook for each subject', () => {
  expect(BUILT_IN.map((file) => parseRunbook(file).id)).toEqual(SUBJECTS);
});

describe.each(BUILT_IN.map((file) => [parseRunbook(file).id, file.text, parseRunbook(file)] as const))(
  '%s',
  (_, text, runbook) => {
    const calls = toolCallsIn(text);
    const checks = text.split(/^### /m).filter((part) => /^\d+\. /.test(part));

    it('says what it answers to, and in which words', () => {
      expect(runbook.title).not.toBe('');
      expect(runbook.symptoms.length).toBeGreaterThanOrEqual(3);
      expect(text).toMatch(/^---\nalerts: \[.*\]\nreasons: \[.*\]\nkinds: \[.*\]\nsymptoms:\n/);
    });

    it('has the sections of its form, each whole and in order', () => {
      expect(runbook.sections.map(({ heading }) => heading)).toEqual(SECTIONS);
    });

    it('is as long as can be read in an incident', () => {
      const lines = text.trimEnd().split('\n').length;

      expect(lines).toBeGreaterThanOrEqual(60);
      expect(lines).toBeLessThanOrEqual(120);
    });

    it('gives each check as a call and as commands', () => {
      expect(checks.length).toBeGreaterThanOrEqual(3);

      const incomplete = checks.filter(
        (check) => toolCallsIn(check).length === 0 || !(check.includes('```sh') || check.includes('\n| ')),
      );

      expect(incomplete).toEqual([]);
    });

    it('calls tools that exist, with arguments that they take', () => {
      const wrong = calls.filter(({ tool, input }) => {
        const schema = CATALOG[tool]?.input;
        return !TOOLS.has(tool) || (schema !== undefined && !schema.safeParse(input).success);
      });

      expect(wrong).toEqual([]);
    });

    it('names no tool in its text that does not exist', () => {
      const named = [...text.matchAll(/`([a-z]+_[a-z_]+)(?: \{|`)/g)].map(([, name = '']) => name);

      expect(named.filter((name) => looksLikeTool(name) && !TOOLS.has(name))).toEqual([]);
    });

    it('only reads, but where a heading says that it writes', () => {
      const writing = commandsIn(text).filter(({ command, writes }) => !writes && !isReading(command));

      expect(writing.map(({ command }) => command)).toEqual([]);
    });

    it('names containment as temporary, and the fix as a change in Git', () => {
      const writes = [...text.matchAll(/^#+ (.*\(writes .*\))$/gm)].map(([, heading = '']) => heading);

      expect(writes.filter((heading) => !/^Temporary containment|^On the workstation/.test(heading))).toEqual(
        [],
      );
      expect(text).toMatch(/propose_change|by a person|pull request/);
    });

    it('says when to stop', () => {
      const [, stop = ''] = text.split('## When to stop\n');

      expect(stop.match(/^- /gm)?.length).toBeGreaterThanOrEqual(3);
    });
  },
);

function looksLikeTool(name: string): boolean {
  return /^(?:health|reconciliation|explain|drift|runbook|resource|event|log|probe|metric|upgrade|backup|repo|policy|propose|proposal)_/.test(
    name,
  );
}

describe('the judge of commands', () => {
  it.each([
    'kubectl delete pod web',
    'kubectl get pods && kubectl delete pod web',
    'kubectl get pods | xargs -n1 kubectl delete',
    'flux suspend helmrelease web',
    'talosctl -n NODE reboot',
    'helm rollback web',
    'git push',
    'sops edit a.yaml',
    'curl -X POST http://web/',
    'kubectl get pods > pods.txt',
    'rm -rf /',
    'kubectl get secret web -o yaml',
    "kubectl get secret web -o jsonpath='{.data}'",
  ])('finds that it writes, or shows a secret: %s', (command) => {
    expect(isReading(command)).toBe(false);
  });

  it.each(['kubectl get pods -A | grep -v Running', 'talosctl -n NODE etcd status', 'git log --oneline -5'])(
    'finds that it reads: %s',
    (command) => {
      expect(isReading(command)).toBe(true);
    },
  );
});
