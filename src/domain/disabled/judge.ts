import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { Workload } from '../objects/workload.ts';
import { nameSome } from '../text.ts';
import type { DisabledService } from './services.ts';

/** What does not agree about a disabled service; none for one that is as it should be. */
export interface JudgedService extends DisabledService {
  problems: readonly string[];
  /** Refs of what still runs it. */
  running: readonly string[];
}

const DECISIONS: ReadonlySet<string> = new Set(['retain-disabled', 'retire', 'remove']);

type Rule = (service: JudgedService, now: number) => string | undefined;

/** Comment, row, directory and cluster have to agree; each that does not is one problem. */
const RULES: readonly Rule[] = [
  ({ running }) => (running.length > 0 ? `disabled, but running: ${nameSome(running, 3)}` : undefined),
  ({ probes }) => (probes.length > 0 ? `disabled, but still probed: ${nameSome(probes, 2)}` : undefined),
  ({ how, decision }) =>
    how !== 'logged' && decision === undefined ? 'undocumented: no row in the decision log' : undefined,
  ({ how, entry }) =>
    how === 'commented' && entry?.comment === '' ? 'the comment gives no reason' : undefined,
  ({ how, exists }) =>
    how === 'logged' && !exists ? 'documented, but gone: the directory is not there' : undefined,
  ({ how, exists }) =>
    how === 'logged' && exists ? 'documented as disabled, but no entry is commented out' : undefined,
  ({ decision }) =>
    decision && !DECISIONS.has(decision.decision) ? `unknown decision ${decision.decision}` : undefined,
  ({ decision, exists }) =>
    decision?.decision === 'remove' && exists ? 'to be removed, and the directory is still there' : undefined,
  ({ decision }, now) => overdue(decision?.revisit, now),
];

/** Judges every service against what runs; `live` is undefined where no cluster tells. */
export function judgeServices(
  services: readonly DisabledService[],
  live: { flux: readonly FluxObject[]; workloads: readonly Workload[] } | undefined,
  now: number,
): JudgedService[] {
  return services.map((service) => {
    const applied = (live?.flux ?? []).filter((object) => runs(object, service));
    const left = (live?.workloads ?? []).filter((workload) => isLeft(workload, service));
    const running = [...applied, ...(applied.length > 0 ? [] : left)].map(refOf);
    const judged = { ...service, running, problems: [] };
    const problems = RULES.flatMap((rule) => rule(judged, now) ?? []);
    return { ...judged, problems };
  });
}

function runs({ kind, name, deletion, path }: FluxObject, service: DisabledService): boolean {
  if (deletion !== undefined || service.how === 'logged') return false;
  if (kind === 'Kustomization')
    return (
      service.names.includes(name) &&
      (path === undefined || path.replace(/^\.\//, '').startsWith(service.service))
    );
  return kind === 'HelmRelease' && service.names.includes(name);
}

/** What pruning left behind, or nobody pruned: it still has pods, and names the Flux object that made it. */
function isLeft({ labels, current, deletion }: Workload, { how, names, exists }: DisabledService): boolean {
  if (how === 'logged' || !exists || current === 0 || deletion !== undefined) return false;
  return OWNERS.some((label) => names.includes(labels[label] ?? ''));
}

const OWNERS = ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'] as const;

function overdue(revisit: string | undefined, now: number): string | undefined {
  if (revisit === undefined || revisit === '') return undefined;
  const until = Date.parse(revisit);
  if (Number.isNaN(until)) return `revisit by ${revisit}: no date`;
  return until + DAY < now ? `its review is overdue since ${revisit}` : undefined;
}

const DAY = 24 * 3_600_000;
