import { refOf } from '../objects/meta.ts';
import type { KubernetesUpgrade, Plan, TalosUpgrade, UpgradeSubject } from '../objects/upgrade.ts';
import { tagOf } from './node-versions.ts';

/** A version that an object in the cluster would bring nodes to. */
export interface LivePin {
  subject: UpgradeSubject;
  /** Ref and field. */
  where: string;
  version: string;
}

/** The objects by which versions are changed. */
export interface UpgradeObjects {
  Plan: readonly Plan[];
  TalosUpgrade: readonly TalosUpgrade[];
  KubernetesUpgrade: readonly KubernetesUpgrade[];
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
    },
    ...(subject === 'talos' && tag !== undefined ? [{ subject, where: `${ref} --image`, version: tag }] : []),
  ];
}

function tupprPin(subject: UpgradeSubject, upgrade: TalosUpgrade | KubernetesUpgrade): LivePin[] {
  return upgrade.version === undefined
    ? []
    : [{ subject, where: `${refOf(upgrade)} version`, version: upgrade.version }];
}
