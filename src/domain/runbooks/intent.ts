import type { Section } from './sections.ts';
import { termsOf } from './terms.ts';

interface Intent {
  asked: RegExp;
  headings: RegExp;
}

/** What a person wants to know of a subject, by their words, and the headings under which it stands. */
const INTENTS: readonly Intent[] = [
  {
    asked: /\b(?:stop|escalat\w*|hands off|dangerous|must (?:i|we) not)\b/i,
    headings: /when to stop|escalat|danger|do not|never/i,
  },
  {
    asked: /\b(?:verif\w*|confirm\w*|succeeded|worked|is (?:it )?fixed|prove (?:it|that it))\b/i,
    headings: /verif|confirm|after(?:wards)?\b|success/i,
  },
  {
    asked: /\b(?:what does .* mean|meaning|means|explain\w*|impact)\b/i,
    headings: /meaning|impact|background|cause|explanation|overview/i,
  },
  {
    asked:
      /\b(?:fix\w*|remed\w*|repair\w*|resolv\w*|solve|roll\w* ?back|revert\w*|mitigat\w*|contain(?:ment|ed)?)\b/i,
    headings: /remed|mitigat|fix|resol|solution|roll ?back|recover|repair/i,
  },
];

/** Where nothing says otherwise: what to look at and do first. */
const NEXT = /check|diagnos|investigat|triage|steps|procedure|what to do|first response|runbook|mitigat/i;

/** The headings that a question is after, in its words. */
export function wantedHeadings(text: string): RegExp {
  return INTENTS.find(({ asked }) => asked.test(text))?.headings ?? NEXT;
}

/** Words that say what is wanted of a subject rather than which: they choose the section, not the runbook. */
export const INTENT_WORDS: ReadonlySet<string> = new Set(
  `stop escalate verify verified verification confirm succeeded worked mean means meaning explain impact fix fixed fixes
  remedy repair resolve solve mitigate check checks command commands find git`.split(/\s+/),
);

/** Whether a section stands under one of the headings. */
export function isWanted({ heading }: Section, headings: RegExp): boolean {
  return headings.test(heading);
}

/** Whether a heading is part of a form that many runbooks share; one of more than two words of its own is not. */
export function isGeneral({ heading }: Section): boolean {
  const forms = [SHARED, NEXT, ...INTENTS.map(({ headings }) => headings)];
  return termsOf(heading).length <= 2 && forms.some((headings) => headings.test(heading));
}

const SHARED = /^(?:symptoms?|alerts?|summary|description|severity|context|links|references|notes?)$/i;
