import { nameSome } from '../text.ts';
import type { Door } from './doors.ts';
import { isNarrow, type Walls, wallsText } from './walls.ts';

/** Worst first. */
export const VERDICTS = ['exposed', 'unknown', 'guarded', 'internal'] as const;

export type Verdict = (typeof VERDICTS)[number];

/** A verdict and why. */
export interface Judged {
  verdict: Verdict;
  why: string;
}

/** Who can reach a target: the worst of its doors counts. `unsure` are kinds that could not be read. */
export function verdictOf(doors: readonly Door[], walls: Walls, unsure: readonly string[]): Judged {
  const judged = doors.map((door) => ({ ...doorVerdict(door, walls), door }));
  const worst = VERDICTS.flatMap((verdict) => judged.find((one) => one.verdict === verdict) ?? [])[0];
  if (worst?.verdict === 'exposed') return { verdict: 'exposed', why: worst.why };
  if (unsure.length > 0)
    return {
      verdict: 'unknown',
      why: `${nameSome(unsure, 4)} could not be read: there may be more ways to it`,
    };
  return worst ?? { verdict: 'internal', why: `only from inside the cluster; ${wallsText(walls)}` };
}

function doorVerdict(door: Door, walls: Walls): Judged {
  const { reach, way } = door;
  if (reach === 'internal')
    return { verdict: 'internal', why: `${way}; ${guardText(door)}${wallsText(walls)}` };
  if (door.from === 'tunnel') return tunnelVerdict(door, walls);
  if (isHeldBack(door, walls)) return heldVerdict(door, walls);
  // Behind walls only what asks is missing, and that may be what could not be read.
  const isDoubtful = door.isBlind === true && door.guards.length === 0 && isNarrow(walls);
  const verdict = reach === 'public' && !isDoubtful ? 'exposed' : 'unknown';
  return { verdict, why: `${way}; ${lackText(door, walls)}` };
}

/** Held back by policies that perhaps nobody enforces is not known to be held back. */
function heldVerdict(door: Door, walls: Walls): Judged {
  const why = `${door.way}; ${guardText(door)}${wallsText(walls)}`;
  const { doubt } = walls;
  const isBySelf = door.from === 'outside' && door.guards.length > 0;
  return doubt === undefined || isBySelf
    ? { verdict: 'guarded', why }
    : { verdict: 'unknown', why: `${why}, but ${doubt.why}` };
}

/**
 * What comes through a proxy must show who it is, and nobody may go round it; what comes from outside must be kept out by
 * source ranges or policies. Policies do not hold for pods on the node's network.
 */
function isHeldBack({ from, guards }: Door, walls: Walls): boolean {
  if (from === 'node') return false;
  if (from === 'outside') return guards.length > 0 || (isNarrow(walls) && !admitsNetworks(walls));
  return isNarrow(walls) && (guards.length > 0 || admitsNobody(walls));
}

function admitsNetworks({ others }: Walls): boolean {
  return others.some((name) => /[/:.]/.test(name));
}

function admitsNobody({ namespaces, others }: Walls): boolean {
  return namespaces.length === 0 && others.length === 0;
}

function tunnelVerdict(door: Door, walls: Walls): Judged {
  const { way, home = '', reach, guards } = door;
  const isOut = isNarrow(walls) && !walls.namespaces.includes(home);
  if (isOut && walls.doubt === undefined)
    return {
      verdict: 'internal',
      why: `only from inside the cluster, and not from the tunnel in ${home}; ${wallsText(walls)}`,
    };
  if (isOut || reach !== 'public') return { verdict: 'unknown', why: way };
  return guards.length > 0
    ? { verdict: 'guarded', why: `${way}; ${guardText(door)}${wallsText(walls)}` }
    : { verdict: 'exposed', why: `${way}; nothing in its configuration asks who is there` };
}

function guardText({ guards }: Door): string {
  return guards.length > 0 ? `behind ${nameSome(guards, 2)}, ` : '';
}

function lackText({ reach, guards, from, isBlind }: Door, walls: Walls): string {
  const doubt = reach === 'unclear' ? 'its name does not tell who can reach it, ' : '';
  if (from === 'node') return 'policies do not hold there';
  if (from === 'outside') return wallsText(walls);
  if (guards.length === 0 && isBlind) return `${doubt}SecurityPolicy could not be read; ${wallsText(walls)}`;
  return guards.length > 0
    ? `${doubt}${nameSome(guards, 2)} can be gone round: ${wallsText(walls)}`
    : `${doubt}nothing asks who is there; ${wallsText(walls)}`;
}
