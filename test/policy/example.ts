import { CATALOG } from '../../src/catalog.ts';
import { type KnownNames, type Policy, PolicyError, loadPolicy } from '../../src/gate/policy/policy.ts';

/** What exists outside the policies of these tests. */
export const KNOWN: KnownNames = {
  tools: Object.keys(CATALOG),
  kinds: [
    'ConfigMap',
    'Deployment',
    'Event',
    'Kustomization',
    'Namespace',
    'Node',
    'PersistentVolume',
    'Pod',
    'Secret',
  ],
};

const HEAD = `apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: test, version: 7}
principals:
  - {id: local, match: {transport: stdio}}
roles:
  viewer: {members: [local]}
`;

/** The line at which the text given to `policyText` starts. */
export const BODY_LINE = 8;

/** A policy with one principal, `local` in role `viewer`, and what follows. */
export function policyText(body: string): string {
  return HEAD + body;
}

export function policyOf(body: string): Policy {
  return loadPolicy(policyText(body), 'policy.yaml', KNOWN);
}

/** The problems of a text that is no policy, as `line:column message (suggestion)`. */
export function problemsIn(text: string): string[] {
  try {
    loadPolicy(text, 'policy.yaml', KNOWN);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(({ line, column, message, suggestion }) =>
      suggestion === undefined
        ? `${line}:${column} ${message}`
        : `${line}:${column} ${message} (${suggestion})`,
    );
  }
  return [];
}
