import type { Claim, Volume } from '../objects/platform.ts';

/** Why a claim needs no backup of its own. */
const REASONS: readonly { why: string; fits: (claim: Claim, volume: Volume | undefined) => boolean }[] = [
  {
    why: 'made by VolSync',
    fits: ({ owner, labels }) => owner?.group === 'volsync.backube' || VOLSYNC in labels,
  },
  { why: 'of a database', fits: ({ labels }) => 'cnpg.io/cluster' in labels },
  { why: 'of a pod, ephemeral', fits: ({ owner }) => owner?.kind === 'Pod' },
  { why: 'marked as not to be backed up', fits: isOptedOut },
  { why: 'data outside the cluster', fits: (_claim, volume) => EXTERNAL.has(volume?.driver ?? '') },
  { why: 'not bound', fits: ({ phase }) => phase !== 'Bound' },
];

/** Label of what VolSync removes when it is done (volsync internal/controller/utils/cleanup.go). */
const VOLSYNC = 'volsync.backube/cleanup';

/** Drivers that only mount what another machine keeps. */
const EXTERNAL: ReadonlySet<string> = new Set([
  'nfs',
  'nfs.csi.k8s.io',
  'smb.csi.k8s.io',
  'cephfs',
  'glusterfs',
  'azureFile',
]);

const NO: ReadonlySet<string> = new Set(['false', 'no', 'none', 'disabled', 'skip']);

/** As k8up and Velero have it, and labels of the same form. */
function isOptedOut({ labels, annotations }: Claim): boolean {
  return [...Object.entries(labels), ...Object.entries(annotations)].some(
    ([key, value]) =>
      (/(^|\/)backup$/.test(key) && NO.has(value)) ||
      (/(^|\/)exclude-from-backup$/.test(key) && value === 'true'),
  );
}

/** Why a claim is left out; undefined for one that ought to be backed up. */
export function leftOut(claim: Claim, volume: Volume | undefined): string | undefined {
  return REASONS.find(({ fits }) => fits(claim, volume))?.why;
}
