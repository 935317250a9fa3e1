import type { Place } from '../desired/desired.ts';
import { buildFailurePlace } from './build-failure.ts';
import type { Applier, Locator } from './locator.ts';
import { chartLine, imageLine } from './pins.ts';
import type { Definition } from './resolve.ts';

/** What is wrong with an object, as far as it tells which line to look at. */
export interface Trouble {
  /** `Kind/namespace/name` of what is in trouble. */
  ref: string;
  reason: string;
  message: string;
  /** Images of the containers in trouble, as they run. */
  images: readonly string[];
  /** Of a Kustomization: itself. */
  applier?: Applier;
}

interface LineRule {
  when: (trouble: Trouble, definition: Definition) => boolean;
  line: (trouble: Trouble, definition: Definition, locator: Locator) => Place | undefined;
}

const ABOUT_IMAGES = /ImagePull|ErrImage|InvalidImage|image/i;

/** Which line of an object helps most; the first rule that gives one. */
const LINES: readonly LineRule[] = [
  {
    when: ({ reason, applier }) => applier !== undefined && reason === 'BuildFailed',
    line: ({ message, applier }, _, locator) => {
      const [built] = applier ? locator.applied(applier) : [];
      return built && buildFailurePlace(message, built, locator.map);
    },
  },
  {
    when: ({ reason, applier }) => applier !== undefined && reason === 'ReconciliationFailed',
    line: ({ message, applier }, _, locator) => applier && namedObject(message, applier, locator),
  },
  {
    when: ({ images, reason, message, ref }, { kind }) =>
      images.length > 0 || (kind === 'HelmRelease' && ABOUT_IMAGES.test(`${reason} ${ref} ${message}`)),
    line: ({ images }, definition, locator) => imageLine(locator, definition, images),
  },
  {
    when: (_, { kind }) => kind === 'HelmRelease',
    line: (_, definition, locator) => chartLine(locator, definition),
  },
];

/** The line to look at for a trouble; that of the manifest where nothing in it is more telling. */
export function usefulLine(trouble: Trouble, definition: Definition, locator: Locator): Place {
  for (const { when, line } of LINES) {
    const place = when(trouble, definition) ? line(trouble, definition, locator) : undefined;
    if (place) return place;
  }
  return { file: definition.file, line: definition.line };
}

/** The object that kustomize-controller could not apply: `Deployment/apps/web dry-run failed: …`. */
function namedObject(message: string, by: Applier, locator: Locator): Place | undefined {
  const [, kind, namespace, name] =
    /\b([A-Z]\w+)\/(?:([\w.-]+)\/)?([\w.:-]+) (?:dry-run|apply|namespace)/.exec(message) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const located = locator.within({ kind, name, namespace }, by);
  if (located.found !== 'one') return undefined;
  const { file, line } = located.definition;
  return { file, line };
}
