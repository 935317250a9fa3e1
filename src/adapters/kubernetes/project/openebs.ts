import { parseQuantity } from '#domain/quantity.ts';
import type { DiskPool, LocalPool, LocalPools, LocalVolume } from '#domain/objects/openebs.ts';

import { at, count, intOrString, items, number, string } from '../raw.ts';
import { type Context, projectObject } from './meta.ts';

/** An LVMVolume or ZFSVolume: the ZFS key's location and format are not read. */
export function projectLocalVolume(raw: unknown, context: Context): LocalVolume {
  const code = string(raw, 'status', 'error', 'code');
  const message = context.text(at(raw, 'status', 'error', 'message'));
  return {
    ...projectObject(raw, context),
    kind: context.kind.kind === 'LVMVolume' ? 'LVMVolume' : 'ZFSVolume',
    state: string(raw, 'status', 'state'),
    node: string(raw, 'spec', 'ownerNodeID'),
    pool: string(raw, 'spec', 'volGroup') ?? string(raw, 'spec', 'poolName'),
    ...((code !== undefined || message !== undefined) && { error: { code, message } }),
  };
}

/** An LVMNode: a volume group with thin pools counts by these, which take their room from it at once. */
export function projectLvmNode(raw: unknown, context: Context): LocalPools {
  const pools = items(raw, 'volumeGroups').flatMap((group) => {
    const own = { ...poolOf(group), missing: count(group, 'missingPvCount') };
    const thin = items(group, 'thinPools').map((pool) => ({
      ...poolOf(pool),
      name: `${own.name}/${poolOf(pool).name}`,
    }));
    return thin.length === 0 ? [own] : [{ ...own, size: undefined, free: undefined }, ...thin];
  });
  return { ...projectObject(raw, context), kind: 'LVMNode', pools };
}

/** A ZFSNode: a pool that does not say what is used has no size here. */
export function projectZfsNode(raw: unknown, context: Context): LocalPools {
  const pools = items(raw, 'pools').map((pool): LocalPool => {
    const used = quantity(pool, 'used');
    const free = quantity(pool, 'free');
    const size = used === undefined || free === undefined ? undefined : used + free;
    return { name: string(pool, 'name') ?? '', size, free, missing: 0 };
  });
  return { ...projectObject(raw, context), kind: 'ZFSNode', pools };
}

function poolOf(raw: unknown): LocalPool {
  return {
    name: string(raw, 'name') ?? '',
    size: quantity(raw, 'size'),
    free: quantity(raw, 'free'),
    missing: 0,
  };
}

function quantity(raw: unknown, key: string): number | undefined {
  return parseQuantity(intOrString(raw, key));
}

/** A DiskPool of Mayastor; older versions write one state only. */
export function projectDiskPool(raw: unknown, context: Context): DiskPool {
  return {
    ...projectObject(raw, context),
    kind: 'DiskPool',
    node: string(raw, 'spec', 'node'),
    state: string(raw, 'status', 'pool_status') ?? string(raw, 'status', 'state'),
    lifecycle: string(raw, 'status', 'cr_state'),
    capacity: number(raw, 'status', 'capacity'),
    used: number(raw, 'status', 'used'),
  };
}
