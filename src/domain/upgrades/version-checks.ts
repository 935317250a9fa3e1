import { byText, nameSome } from '../text.ts';
import { apiServerSkew, skewOf } from '../versions/skew.ts';
import { type Support, supportsKubernetes } from '../versions/talos-support.ts';
import { compareVersions, isSameVersion, parseVersion } from '../versions/version.ts';
import type { Agreement } from './agreement.ts';
import { schematicOf } from './node-versions.ts';
import { type Check, type Facts, no, type Outcome } from './preflight.ts';
import { worstStep } from './steps.ts';

/** What versions allow: what runs, what is aimed at, the step between, and the parts of Kubernetes among themselves. */
export const VERSION_CHECKS: readonly Check[] = [
  { name: 'pins and plans agree', needs: [], judge: pinsAgree },
  { name: 'Talos runs this Kubernetes', needs: ['Node'], judge: supported },
  { name: 'step to the target allowed', needs: ['Node'], judge: stepAllowed },
  { name: 'installers match the nodes', needs: ['Node', 'Plan'], judge: installersMatch },
  { name: 'control planes first', needs: ['Node'], judge: planesFirst },
  { name: 'version skew allowed', needs: ['Node', 'Pod'], judge: skewAllowed },
];

function pinsAgree({ agreements }: Facts): Outcome | undefined {
  if (agreements.every(({ target }) => target === undefined)) return undefined;
  const split = agreements.filter(({ isSplit }) => isSplit).map(({ subject }) => subject);
  return split.length === 0
    ? { ok: 'yes' }
    : { ok: 'no', why: `${split.join(', ')}: more than one version is named` };
}

/** Now and at the target. */
function supported({ agreements, nodes }: Facts): Outcome | undefined {
  const now = nodes.flatMap(({ talos, kubelet }) =>
    talos !== undefined && kubelet !== undefined ? [[talos, kubelet] as const] : [],
  );
  if (now.length === 0) return undefined;
  const [os, api] = [targetOf(agreements, 'talos'), targetOf(agreements, 'kubernetes')];
  const then = now.map(([talos, kubelet]) => [os ?? talos, api ?? kubelet] as const);
  const judged = [...now, ...then].map(([talos, kubelet]): Support => {
    const support = supportsKubernetes(talos, kubelet);
    return support.verdict === 'no'
      ? { ...support, why: `Kubernetes ${kubelet} on Talos ${talos}: ${support.why}` }
      : support;
  });
  return worst(judged);
}

/** Talos goes to workers only when the control planes have it. */
function planesFirst({ nodes }: Facts): Outcome | undefined {
  const known = nodes.flatMap(({ node, talos }) => {
    const version = parseVersion(talos);
    return version === undefined ? [] : [{ node, talos, version }];
  });
  const [oldest] = known
    .filter(({ node }) => node.controlPlane)
    .toSorted((a, b) => compareVersions(a.version, b.version));
  const workers = known.filter(({ node }) => !node.controlPlane);
  if (oldest === undefined || workers.length === 0) return undefined;
  const ahead = workers.filter(({ version }) => compareVersions(version, oldest.version) > 0);
  const names = ahead.map(({ node, talos }) => `${node.name} (${talos})`).toSorted(byText);
  return names.length === 0
    ? { ok: 'yes' }
    : {
        ok: 'warn',
        why: `${oldest.node.name} still runs ${oldest.talos}, ahead of it: ${nameSome(names, 3)}`,
      };
}

function targetOf(agreements: readonly Agreement[], wanted: Agreement['subject']): string | undefined {
  return agreements.find(({ subject }) => subject === wanted)?.target;
}

function stepAllowed({ agreements, nodes }: Facts): Outcome | undefined {
  const steps = agreements.flatMap(({ subject, target }) => {
    const step = target === undefined ? undefined : worstStep(subject, target, nodes);
    if (step === undefined || isSameVersion(step.from, target)) return [];
    return [{ ...step, why: `${subject} ${step.from} to ${target}${step.why ? `: ${step.why}` : ''}` }];
  });
  return steps.length === 0 ? undefined : worst(steps);
}

const VERDICTS = ['no', 'warn', 'unknown', 'yes'] as const;

function worst(supports: readonly Support[]): Outcome {
  const [first] = supports.toSorted(
    (a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || byText(a.why ?? '', b.why ?? ''),
  );
  return { ok: first?.verdict ?? 'unknown', ...(first?.why !== undefined && { why: first.why }) };
}

/** A node that gets an installer of another schematic loses its extensions. */
function installersMatch({ nodes, world: { objects } }: Facts): Outcome | undefined {
  const installed = objects.Plan.flatMap(({ installer }) => schematicOf(installer ?? '') ?? []);
  const built = nodes.filter(({ schematic }) => schematic !== undefined);
  if (installed.length === 0 || built.length === 0) return undefined;
  const strange = built.filter(({ schematic = '' }) => !installed.some((id) => schematic.startsWith(id)));
  return no(
    'no Plan installs the schematic of ',
    strange.map(({ node }) => node.name),
  );
}

function skewAllowed({ nodes }: Facts): Outcome | undefined {
  const servers = nodes.flatMap(({ apiServer }) => apiServer ?? []);
  if (servers.length === 0) return { ok: 'unknown', why: 'no API server pod is seen' };
  const parts = nodes.flatMap(({ node, kubelet, kubeProxy, controllerManager, scheduler }) =>
    [
      kubelet && skewOf('kubelet', kubelet, servers),
      kubeProxy && skewOf('kube-proxy', kubeProxy, servers),
      controllerManager && skewOf('kube-controller-manager', controllerManager, servers),
      scheduler && skewOf('kube-scheduler', scheduler, servers),
    ].flatMap((skew) => (skew ? [`${skew} on ${node.name}`] : [])),
  );
  const found = [...(apiServerSkew(servers) === undefined ? [] : [apiServerSkew(servers) ?? '']), ...parts];
  return found.length === 0 ? { ok: 'yes' } : { ok: 'no', why: nameSome(found, 2) };
}
