import type { Figures } from './measure.ts';
import type { ProposalFigures } from './proposals.ts';
import type { RenderedFigures } from './rendered.ts';

/** One row of the table: a budget, what was measured, and whether it is kept. */
export interface Row {
  what: string;
  budget: string;
  measured: string;
  met: boolean;
  /** The figures behind it, for orientation. */
  seen: string;
}

const KB = 1024;

/** What was measured, against the budgets; `large` is missing when growth was not measured. */
export function judge(small: Figures, large?: Figures): Row[] {
  return [
    ...starting(small),
    ...status(small),
    ...health(small),
    memory(small),
    ...(large ? [...growth(small, large), largeMemory(large)] : []),
  ];
}

/** A proposal, against its budget. */
export function proposing({ daytwo, byHand, commits, files }: ProposalFigures): Row {
  return atMost(5, median(daytwo) / median(byHand), '×', {
    what: 'propose_change with its push to a local remote',
    of: 'the same Git commands run by hand',
    seen: `${ms(daytwo)}; ${ms(byHand)} (${commits} commits, ${files} files)`,
  });
}

/** Milliseconds that the first comparison of an object may take beyond reading it. */
const AN_OBJECT = 5;

/** Rendering and drift, against their budgets. */
export function rendering({
  render,
  drift,
  raw,
  beside,
  memory: used,
  objects,
  kustomizations,
}: RenderedFigures): Row[] {
  const allowed = 4 * median(raw) + AN_OBJECT * objects;
  const name = `drift of ${kustomizations} Kustomizations, ${objects} objects`;
  return [
    atMost(0.2, median(render.engine) / median(render.cli), '×', {
      what: 'rendering one directory of the example repository',
      of: 'a process of `kustomize build`',
      seen: `${ms(render.engine)}; ${ms(render.cli)} (${render.directories} directories; ${ms([render.start])} for all of them with an engine just started)`,
    }),
    atMost(allowed, median(drift.first), ' ms', {
      what: `${name}: first, the start of the engine within it`,
      of: '(4 × raw LISTs with managedFields + 5 ms an object)',
      seen: `raw LISTs ${ms(raw)}`,
    }),
    atMost(allowed / 5, median(drift.repeated), ' ms', {
      what: `${name}: repeated`,
      of: '(a fifth of that)',
      seen: kb(drift.bytes),
    }),
    atMost(50, median(beside.ping), ' ms', {
      what: 'the longest ping while a first drift_diff is under way',
      seen: `health_summary then ${ms(beside.busy)} at the longest; beside nothing ${ms(beside.quiet)}`,
    }),
    atMost(350, used, ' MB', { what: 'resident memory with the engine in use, between questions', seen: '' }),
  ];
}

function starting({ start, tools }: Figures): Row[] {
  const perTool = tools.daytwo.bytes / tools.daytwo.count / KB;
  return [
    atMost(1.5, median(start.daytwo) / median(start.peer), '×', {
      what: 'start → initialize answered',
      of: 'kubernetes-mcp-server started through npm',
      seen: `${ms(start.daytwo)}; ${ms(start.peer)}`,
    }),
    atMost(0.8, perTool, ' KB', {
      what: 'tools/list, a tool on average',
      seen: `${tools.daytwo.count} tools, ${kb(tools.daytwo.bytes)}; ${tools.peer.count} tools, ${kb(tools.peer.bytes)}`,
    }),
  ];
}

function status({ status: told, raw, peer }: Figures): Row[] {
  return [
    size(4, 'reconciliation_status: size', told, `resources_list ${kb(peer.kustomizationsBytes)}`),
    named('reconciliation_status: failing ones with their cause', told),
    atMost(4, median(told.first) / median(raw.kustomizations), '×', {
      what: 'reconciliation_status: first',
      of: 'one raw LIST of Kustomizations',
      seen: `${ms(told.first)}; ${ms(raw.kustomizations)}`,
    }),
    atMost(0.25, median(told.repeated) / median(peer.kustomizations), '×', {
      what: 'reconciliation_status: repeated',
      of: 'resources_list of Kustomizations',
      seen: `${ms(told.repeated)}; ${ms(peer.kustomizations)}`,
    }),
  ];
}

function health({ health: told, raw, peer, requests }: Figures): Row[] {
  return [
    size(6, 'health_summary: size', told, `pods_list ${kb(peer.podsBytes)}`),
    named('health_summary: crash-looping ones with their exit code', told),
    atMost(2, median(told.first) / median(raw.health), '×', {
      what: 'health_summary: first',
      of: 'raw LISTs of the same kinds, 6 at a time',
      seen: `${ms(told.first)}; ${ms(raw.health)} (${raw.kinds} kinds, ${raw.objects} objects, ${kb(raw.bytes)})`,
    }),
    atMost(0.25, median(told.repeated) / median(peer.pods), '×', {
      what: 'health_summary: repeated',
      of: 'pods_list',
      seen: `${ms(told.repeated)}; ${ms(peer.pods)}`,
    }),
    atMost(0, requests.objects, '', {
      what: 'API requests while both are repeated',
      seen: `${told.repeated.length} times each, by the API server's audit log; besides, ${requests.alive} asked whether it lives, after 10 s of silence`,
    }),
  ];
}

function memory({ memory: { rest, busy, idle, peer } }: Figures): Row {
  return atMost(140, rest, ' MB', {
    what: 'resident memory in that state, between questions',
    seen: `${idle.toFixed(0)} MB before the first question, ${busy.toFixed(0)} MB right after the repeated ones; kubernetes-mcp-server ${peer.toFixed(0)} MB without its wrapper`,
  });
}

/** Linear: a first answer may grow as the objects do. */
function growth(small: Figures, large: Figures): Row[] {
  const objects = large.raw.objects / small.raw.objects;
  return (['status', 'health'] as const).flatMap((tool) => {
    const [before, after] = [small[tool], large[tool]];
    const name = `${large.kustomizations} Kustomizations + ${large.pods} pods: ${tool === 'status' ? 'reconciliation_status' : 'health_summary'}`;
    return [
      atMost(objects, median(after.first) / median(before.first), '×', {
        what: `${name}, first`,
        of: 'its time on the small cluster: as the number of objects',
        seen: `${ms(before.first)} → ${ms(after.first)}; raw LISTs ${ms(small.raw.health)} → ${ms(large.raw.health)}`,
      }),
      atMost(3, median(after.repeated) / median(before.repeated), '×', {
        what: `${name}, repeated`,
        of: 'its time on the small cluster',
        seen: `${ms(before.repeated)} → ${ms(after.repeated)}; pods_list ${ms(small.peer.pods)} → ${ms(large.peer.pods)}`,
      }),
      atMost(3, after.bytes / before.bytes, '×', {
        what: `${name}, size`,
        of: 'its size on the small cluster',
        seen: `${kb(before.bytes)} → ${kb(after.bytes)}`,
      }),
    ];
  });
}

function largeMemory({ memory: { rest, busy } }: Figures): Row {
  return atMost(400, rest, ' MB', {
    what: 'resident memory on the large cluster, between questions',
    seen: `${busy.toFixed(0)} MB right after the repeated ones`,
  });
}

function size(limit: number, what: string, { bytes }: { bytes: number }, seen: string): Row {
  return atMost(limit, bytes / KB, ' KB', { what, seen });
}

function named(what: string, { named: count, broken }: { named: number; broken: number }): Row {
  return { what, budget: `all ${broken}`, measured: String(count), met: count === broken, seen: '' };
}

function atMost(
  limit: number,
  value: number,
  unit: string,
  { what, of, seen }: { what: string; of?: string; seen: string },
): Row {
  const budget = `≤ ${round(limit)}${unit}${of === undefined ? '' : ` ${of}`}`;
  return { what, budget, measured: `${round(value)}${unit}`, met: value <= limit, seen };
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

function ms(values: readonly number[]): string {
  return `${round(median(values))} ms`;
}

function kb(bytes: number): string {
  return `${round(bytes / KB)} KB`;
}
