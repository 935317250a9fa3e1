import { refOf } from '../objects/meta.ts';
import type { KeyedObject } from '../objects/platform.ts';
import type { KubernetesUpgrade, Plan, TalosUpgrade, UpgradeSubject } from '../objects/upgrade.ts';
import { tagOf } from './node-versions.ts';

/** A version that an object in the cluster names. */
export interface LivePin {
  subject: UpgradeSubject;
  /** Ref and field. */
  where: string;
  version: string;
  /** True of what would bring nodes to it, false of a setting that such objects are made from. */
  acts: boolean;
}

/** The objects by which versions are changed. */
export interface UpgradeObjects {
  Plan: readonly Plan[];
  TalosUpgrade: readonly TalosUpgrade[];
  KubernetesUpgrade: readonly KubernetesUpgrade[];
}

/** Versions in live ConfigMaps, from which Flux fills Plans in. */
export function settingPins(configs: readonly KeyedObject[]): LivePin[] {
  return configs.flatMap((config) =>
    Object.entries(config.versions ?? {}).map(([key, version]) => ({
      subject: key.startsWith('KUBERNETES') ? ('kubernetes' as const) : ('talos' as const),
      where: `${refOf(config)} ${key}`,
      version,
      acts: false,
    })),
  );
}

/** What Plans and upgrades of tuppr aim at. */
export function livePins({
  Plan: plans,
  TalosUpgrade: talos,
  KubernetesUpgrade: kubernetes,
}: UpgradeObjects): LivePin[] {
  return [
    ...plans.flatMap(planPins),
    ...talos.flatMap((one) => tupprPin('talos', one)),
    ...kubernetes.flatMap((one) => tupprPin('kubernetes', one)),
  ];
}

function planPins(plan: Plan): LivePin[] {
  const { subject, latestVersion, version = latestVersion, installer } = plan;
  if (subject === undefined || version === undefined) return [];
  const ref = refOf(plan);
  const tag = installer === undefined ? undefined : tagOf(installer);
  return [
    {
      subject,
      where: `${ref} ${latestVersion === undefined ? 'version' : 'latestVersion'}`,
      version: latestVersion ?? version,
      acts: true,
    },
    ...(subject === 'talos' && tag !== undefined
      ? [{ subject, where: `${ref} --image`, version: tag, acts: true }]
      : []),
  ];
}

function tupprPin(subject: UpgradeSubject, upgrade: TalosUpgrade | KubernetesUpgrade): LivePin[] {
  return upgrade.version === undefined
    ? []
    : [{ subject, where: `${refOf(upgrade)} version`, version: upgrade.version, acts: true }];
}
