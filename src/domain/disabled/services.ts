import { scanManifests } from '../repository/manifests.ts';
import { dirname } from '../desired/place.ts';
import { byText } from '../text.ts';
import { type Entry, entriesOf, isArchive, isKustomizationFile } from './entries.ts';
import { type Decision, decisionsIn, isDecisionLog } from './log.ts';

/** A service that is switched off, or that the log says is, with all that is said of it. */
export interface DisabledService {
  /** Directory of the service, in the repository; as the log names it where there is none. */
  service: string;
  /** Names of the Kustomizations and HelmReleases in its files. */
  names: readonly string[];
  how: 'commented' | 'unreferenced' | 'archived' | 'logged';
  entry?: Entry;
  decision?: Decision;
  /** Whether its files are there. */
  exists: boolean;
  /** Where a check of Gatus or Blackbox still names it. */
  probes: readonly string[];
}

/** What stands in Git of disabled services, in the order of their directories. */
export function disabledServices(files: ReadonlyMap<string, string>): DisabledService[] {
  const entries = [...files]
    .filter(([path]) => isKustomizationFile(path))
    .flatMap(([path, text]) => entriesOf(path, text));
  const log = [...files]
    .filter(([path]) => isDecisionLog(path))
    .flatMap(([path, text]) => decisionsIn(path, text));
  const found = new Map<string, DisabledService>();
  const add = (service: Omit<DisabledService, 'names' | 'decision' | 'exists' | 'probes'>): void => {
    if (!found.has(service.service)) found.set(service.service, complete(service, files, log));
  };
  for (const entry of entries.filter(isService))
    add({ service: directoryOf(entry.path), how: 'commented', entry });
  for (const directory of serviceDirectories(files)) {
    if (isArchive(`${directory}/`)) add({ service: directory, how: 'archived' });
    else if (isUnreferenced(directory, entries)) add({ service: directory, how: 'unreferenced' });
  }
  const known = [...found.values()].map(({ decision }) => decision);
  for (const decision of log.filter((one) => !known.includes(one)))
    add({ service: locate(decision, files) ?? directoryOf(decision.service), how: 'logged' });
  return [...found.values()].toSorted((a, b) => byText(a.service, b.service));
}

/** A commented file beside its kustomization is a part of what is in force, and what is no YAML is no service. */
function isService({ isCommented, path, file }: Entry): boolean {
  const isOdd = /\.\w+$/.test(path) && !/\.ya?ml$/i.test(path);
  return isCommented && !isOdd && directoryOf(path) !== dirname(file);
}

function complete(
  service: Omit<DisabledService, 'names' | 'decision' | 'exists' | 'probes'>,
  files: ReadonlyMap<string, string>,
  log: readonly Decision[],
): DisabledService {
  const own = [...files].filter(([path]) => path.startsWith(`${service.service}/`));
  const decision = log.find((one) => isSameService(service.service, directoryOf(one.service)));
  const manifests = own.flatMap(([, text]) => scanManifests(text).manifests);
  const names = manifests
    .filter(
      ({ kind, apiVersion }) =>
        /toolkit\.fluxcd\.io/.test(apiVersion) && (kind === 'Kustomization' || kind === 'HelmRelease'),
    )
    .flatMap(({ name }) => name ?? []);
  const last = service.service.split('/').at(-1) ?? '';
  const all = [...new Set([...names, last])];
  return {
    ...service,
    names: all,
    ...(decision && { decision }),
    exists: own.length > 0,
    probes: probesOf(all, service.service, files),
  };
}

/** Directories with a Flux Kustomization in a ks.yaml beside their app: what a category lists. */
function serviceDirectories(files: ReadonlyMap<string, string>): string[] {
  const found = [...files.keys()].filter((path) => /(?:^|\/)ks\.ya?ml$/.test(path)).map(dirname);
  return [...new Set(found)];
}

/** The directory above has a kustomization, which names others and not this one. */
function isUnreferenced(directory: string, entries: readonly Entry[]): boolean {
  const beside = entries.filter(({ file }) => dirname(file) === dirname(directory));
  const isNamed = ({ path }: Entry): boolean => path === directory || path.startsWith(`${directory}/`);
  return beside.some((entry) => !entry.isCommented) && !entries.some(isNamed);
}

function locate({ service }: Decision, files: ReadonlyMap<string, string>): string | undefined {
  const wanted = directoryOf(service);
  return [...files.keys()].map(dirname).find((directory) => isSameService(directory, wanted));
}

/** The log names a service from the root of its cluster, or in full. */
function isSameService(directory: string, logged: string): boolean {
  return directory === logged || directory.endsWith(`/${logged}`);
}

function directoryOf(path: string): string {
  return /\.ya?ml$/i.test(path) ? dirname(path) : path.replace(/\/$/, '');
}

const CHECK_FILE = /gatus|blackbox|probe/i;

/** By its name, or by the objects in it that say what is probed. */
function isCheckFile(path: string, text: string): boolean {
  return (
    /\.ya?ml$/.test(path) && (CHECK_FILE.test(path) || /^kind:\s*["']?(?:Probe|ServiceMonitor)\b/m.test(text))
  );
}

/** Lines of checks that name one of the hosts; a service's own files are passed over. */
function probesOf(names: readonly string[], directory: string, files: ReadonlyMap<string, string>): string[] {
  const patterns = names.map(
    (name) => new RegExp(`(?:^|[/.@\\s"'])${name.replaceAll(/[.$^*+?()[\]{}|\\]/g, '\\$&')}[.:/]`, 'i'),
  );
  return [...files]
    .filter(([path, text]) => isCheckFile(path, text) && !path.startsWith(`${directory}/`))
    .flatMap(([path, text]) =>
      text.split(/\r?\n/).flatMap((line, index) => {
        const isCheck = /:\/\/|\burl\b|\btarget|\.svc\b/i.test(line) && !/^\s*#/.test(line);
        return isCheck && patterns.some((pattern) => pattern.test(line)) ? [`${path}:${index + 1}`] : [];
      }),
    );
}
