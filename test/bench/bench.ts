/**
 * Measures daytwo against its budgets, on a real control plane, beside raw lists and kubernetes-mcp-server on the same data
 * in the same run. Usage: bench.ts [--json] [--out FILE] [--runs N] [--no-growth]
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { goVersion } from '../cluster/build.ts';
import { judge, proposing, rendering, type Row } from './budgets.ts';
import { type Figures, measure } from './measure.ts';
import { measureProposals, type ProposalFigures } from './proposals.ts';
import { measureRendered, type RenderedFigures } from './rendered.ts';

const SMALL = { kustomizations: 300, pods: 500, components: { releases: 50, slices: 300, each: 20 } };
const LARGE = {
  kustomizations: 2_000,
  pods: 10_000,
  components: { releases: 500, slices: 3_000, each: 200 },
};

const { values } = parseArgs({
  allowNegative: true,
  options: {
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
    runs: { type: 'string', default: '7' },
    growth: { type: 'boolean', default: true },
  },
});
const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

if ((await goVersion()) === undefined) {
  say(
    'nothing is measured: there is no Go on this machine, so no control plane can be built. Install Go 1.26 or newer.',
  );
  process.exit(1);
}
execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build.ts')], { stdio: 'inherit' });
const runs = Math.max(1, Number(values.runs) || 7);
const small = await measure(SMALL, runs, say);
const large = values.growth ? await measure(LARGE, Math.ceil(runs / 2), say) : undefined;
const proposals = await measureProposals(runs, say);
const rendered = await measureRendered(Math.ceil(runs / 2), say);
report([...judge(small, large), proposing(proposals), ...rendering(rendered)], {
  small,
  large,
  proposals,
  rendered,
});

/** A missed budget is told, and does not fail the run: the machine is part of every figure. */
function report(
  rows: readonly Row[],
  figures: { small: Figures; large?: Figures; proposals: ProposalFigures; rendered: RenderedFigures },
): void {
  const machine = { cpus: cpus().length, cpu: cpus()[0]?.model, node: process.version };
  const json = JSON.stringify(
    { at: new Date().toISOString(), machine, runs, rows, ...figures },
    undefined,
    2,
  );
  if (values.out !== undefined) writeFileSync(values.out, `${json}\n`);
  process.stdout.write(values.json ? `${json}\n` : `${tableOf(rows)}\n`);
}

function tableOf(rows: readonly Row[]): string {
  const missed = rows.filter(({ met }) => !met);
  const lines = rows.map(({ what, budget, measured, met, seen }) =>
    [`${met ? 'met   ' : 'MISSED'}  ${what}`, `          ${measured}   budget ${budget}`, `          ${seen}`]
      .filter((line) => line.trim() !== '')
      .join('\n'),
  );
  const verdict =
    missed.length === 0
      ? `All ${rows.length} budgets are met.`
      : `${missed.length} of ${rows.length} budgets are MISSED: ${missed.map(({ what }) => what).join('; ')}.`;
  const how = `Medians of ${runs} first and ${runs * 3} repeated answers (half as many on the large cluster).`;
  return [...lines, '', how, verdict].join('\n');
}
