import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import { byText, nameSome } from '../../text.ts';
import { type NodeVersions, nodeVersions } from '../../upgrades/node-versions.ts';
import { apiServerSkew, type Part, skewOf } from '../../versions/skew.ts';
import { supportsKubernetes } from '../../versions/talos-support.ts';
import { compareVersions, parseVersion } from '../../versions/version.ts';
import {
  type Fault,
  faultOf,
  type Known,
  latest,
  minutesSince,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import type { World } from '../world.ts';

/** One rule over all nodes together; it blames the nodes that stand out. */
interface FleetRule {
  name: string;
  source: string;
  /** True for what an upgrade under way makes so. */
  atRest?: true;
  judge: (all: readonly NodeVersions[], world: World) => (Symptom & { blamed: readonly NodeVersions[] })[];
}

/** What the versions of nodes say together. */
const FLEET_RULES: readonly FleetRule[] = [
  {
    name: 'UnsupportedKubernetes',
    source: 'siderolabs/talos pkg/machinery/compatibility',
    judge: unsupported,
  },
  { name: 'VersionSkew', source: 'kubernetes version skew policy', judge: skewed },
  {
    name: 'MixedTalosVersions',
    atRest: true,
    source: 'siderolabs/talos, upgrading Talos: every node to one version',
    judge: (all, world) =>
      mixed(all, world, { what: 'Talos', of: ({ talos, pinned }) => (talos === pinned ? undefined : talos) }),
  },
  {
    name: 'MixedKubernetesVersions',
    atRest: true,
    source: 'kubernetes-mixin alerts/kube_scheduler.libsonnet KubeVersionMismatch',
    judge: (all, world) => mixed(all, world, { what: 'kubelet', of: ({ kubelet }) => kubelet }),
  },
  {
    name: 'SchematicsDiffer',
    atRest: true,
    source: 'siderolabs/image-factory schematic extension, extensions.talos.dev/schematic',
    judge: schematicsDiffer,
  },
];

/** Versions of Talos and Kubernetes over all nodes. */
export const TALOS: RuleSet = {
  component: 'upgrade',
  checked: () => [],
  judge: (world, known) => {
    const upgrades = upgradeFaults(known);
    const isMoving = upgrades.some(({ state, rule }) => state === 'progressing' || WAITING.has(rule));
    const all = nodeVersions(world.objects.Node, world.objects.Pod);
    return FLEET_RULES.filter(({ atRest }) => !(atRest && isMoving)).flatMap((rule) =>
      rule.judge(all, world).map((found) => faultOfFleet(rule, found, upgrades)),
    );
  },
};

/** Rules of upgrades that go on when their window begins. */
const WAITING: ReadonlySet<string> = new Set(['PlanWaits', 'UpgradeWaits']);

/** States of an upgrade that did not come to its end. */
const BROKEN: ReadonlySet<string> = new Set(['failed', 'degraded', 'stale']);

function upgradeFaults(known: Known): Fault[] {
  return [...known.values()].flat().filter(({ component }) => component === 'upgrade');
}

/** An upgrade that failed or got stuck half-way is why versions differ. */
function faultOfFleet(
  { name }: FleetRule,
  { blamed, ...symptom }: Symptom & { blamed: readonly NodeVersions[] },
  upgrades: readonly Fault[],
): Fault {
  const [first = '', ...others] = blamed.map(({ node }) => refOf(node)).toSorted(byText);
  const causes = upgrades.filter(({ state }) => BROKEN.has(state)).map(({ ref }) => ref);
  return faultOf(
    { ...symptom, causes, inert: true },
    { component: 'upgrade', rule: name, ref: first, members: others },
  );
}

function unsupported(all: readonly NodeVersions[]) {
  const pairs = Map.groupBy(
    all.filter(({ talos, kubelet }) => talos !== undefined && kubelet !== undefined),
    ({ talos, kubelet }) => `${talos} ${kubelet}`,
  );
  return [...pairs.values()].flatMap((blamed) => {
    const { talos = '', kubelet = '' } = blamed[0] ?? {};
    const { verdict, why } = supportsKubernetes(talos, kubelet);
    if (verdict === 'yes') return [];
    const known = { state: 'degraded', message: `Kubernetes ${kubelet} on Talos ${talos}: ${why}` } as const;
    const newer = { state: 'info', message: `${why}: whether they go together is not known` } as const;
    return [{ ...(verdict === 'unknown' ? newer : known), blamed, evidence: versionProof(blamed[0]) }];
  });
}

function versionProof(one: NodeVersions | undefined) {
  return [{ path: 'status.nodeInfo', value: `${one?.node.osImage}, kubelet ${one?.kubelet}` }];
}

/** Parts and where their versions are found. */
const PARTS: readonly { part: Part; of: (one: NodeVersions) => string | undefined }[] = [
  { part: 'kubelet', of: ({ kubelet }) => kubelet },
  { part: 'kube-controller-manager', of: ({ controllerManager }) => controllerManager },
  { part: 'kube-scheduler', of: ({ scheduler }) => scheduler },
];

function skewed(all: readonly NodeVersions[]) {
  const servers = all.flatMap(({ apiServer }) => apiServer ?? []);
  const apart = apiServerSkew(servers);
  const blamed = all.filter(({ apiServer }) => apiServer !== undefined);
  const parts = all.flatMap((one) =>
    PARTS.flatMap(({ part, of }) => {
      const version = of(one);
      const message = version === undefined ? undefined : skewOf(part, version, servers);
      return message === undefined
        ? []
        : [{ state: 'degraded' as const, message: `${message} on ${one.node.name}`, blamed: [one] }];
    }),
  );
  return apart === undefined ? parts : [{ state: 'degraded' as const, message: apart, blamed }, ...parts];
}

/** Minutes for which versions may differ after something last moved: by hand, nodes go one after the other. */
const IDLE = 60;

function mixed(
  all: readonly NodeVersions[],
  world: World,
  { what, of }: { what: string; of: (one: NodeVersions) => string | undefined },
) {
  const byVersion = Map.groupBy(
    all.filter((one) => parseVersion(of(one)) !== undefined),
    (one) => of(one) ?? '',
  );
  if (byVersion.size < 2) return [];
  const newest = [...byVersion.keys()].toSorted(byVersionText).at(-1) ?? '';
  const blamed = all.filter((one) => of(one) !== newest && byVersion.has(of(one) ?? ''));
  const since = latest([
    ...all.map(({ node }) => conditionOf(node, 'Ready')?.since),
    ...apiServerStarts(world),
  ]);
  const counts = [...byVersion].toSorted(([a], [b]) => byVersionText(b, a));
  return [
    {
      state: minutesSince(since, world.now) >= IDLE ? ('degraded' as const) : ('info' as const),
      message: `${nameSome(blamed.map(({ node }) => node.name).toSorted(byText), 3)} not at ${what} ${newest}, and no upgrade is under way`,
      since,
      blamed,
      evidence: counts.map(([version, of_]) => ({
        path: `nodes at ${what} ${version}`,
        value: String(of_.length),
      })),
    },
  ];
}

/** An upgrade of Kubernetes leaves the nodes ready, and starts the control plane's pods anew. */
function apiServerStarts({ objects }: World): (string | undefined)[] {
  return objects.Pod.filter(({ namespace }) => namespace === 'kube-system').flatMap(({ containers }) =>
    containers.filter(({ name }) => name === 'kube-apiserver').map(({ running }) => running),
  );
}

function byVersionText(a: string, b: string): number {
  const [first, second] = [parseVersion(a), parseVersion(b)];
  return first && second ? compareVersions(first, second) || byText(a, b) : byText(a, b);
}

/**
 * Nodes of one role, architecture and sort of GPU are peers. One that differs from all its peers has drifted; peers that
 * fall into groups have different hardware, most likely.
 */
function schematicsDiffer(all: readonly NodeVersions[]) {
  const peers = Map.groupBy(
    all.filter(({ schematic }) => schematic !== undefined),
    ({ node }) => `${node.controlPlane} ${node.architecture} ${gpuOf(node.labels)}`,
  );
  return [...peers.values()].flatMap((group) => {
    const bySchematic = [...Map.groupBy(group, ({ schematic }) => schematic).values()];
    if (bySchematic.length < 2) return [];
    const [most = [], ...rest] = bySchematic.toSorted((a, b) => b.length - a.length);
    const blamed = rest.flat();
    const isDrift = blamed.length === 1 && most.length >= 2;
    return [
      {
        state: isDrift ? ('degraded' as const) : ('info' as const),
        message: `${nameSome(blamed.map(({ node }) => node.name).toSorted(byText), 3)} built from another schematic than ${most.length} of its peers`,
        blamed,
        evidence: blamed.slice(0, 2).map(({ node, schematic = '' }) => ({
          path: `Node/${node.name} annotations[extensions.talos.dev/schematic]`,
          value: schematic.slice(0, 16),
        })),
      },
    ];
  });
}

function gpuOf(labels: Readonly<Record<string, string>>): string {
  const gpu = /^(?:nvidia\.com|amd\.com|gpu\.intel\.com)\//;
  return Object.keys(labels)
    .filter((key) => gpu.test(key))
    .map((key) => key.replace(/\/.*/, ''))
    .toSorted(byText)
    .join();
}
