import { isIPv4 } from 'node:net';

import type {
  AddressPool,
  Advertisement,
  ConfigurationState,
  ServiceL2Status,
} from '#domain/objects/metallb.ts';

import { at, items, number, string, strings } from '../raw.ts';
import { labelSelector } from './label-selector.ts';
import { type Context, projectObject } from './meta.ts';

/** An IPAddressPool of MetalLB. */
export function projectAddressPool(raw: unknown, context: Context): AddressPool {
  const addresses = strings(raw, 'spec', 'addresses');
  return {
    ...projectObject(raw, context),
    kind: 'IPAddressPool',
    addresses,
    autoAssign: at(raw, 'spec', 'autoAssign') !== false,
    ...scarcest(raw),
    size: sizeOf(addresses),
  };
}

/** Counts of the family with the smaller share left: a Service that asks for IPv4 is not helped by IPv6. */
function scarcest(raw: unknown): Pick<AddressPool, 'assigned' | 'available'> {
  const families = ['IPv4', 'IPv6'].flatMap((family) => {
    const assigned = number(raw, 'status', `assigned${family}`) ?? 0;
    const available = number(raw, 'status', `available${family}`) ?? 0;
    return assigned + available > 0 ? [{ assigned, available }] : [];
  });
  const [first] = families.toSorted((one, other) => leftOf(one) - leftOf(other));
  const isCounted = ['IPv4', 'IPv6'].some(
    (family) => number(raw, 'status', `available${family}`) !== undefined,
  );
  return first ?? (isCounted ? { assigned: 0, available: 0 } : {});
}

function leftOf({ assigned, available }: { assigned: number; available: number }): number {
  return available / (assigned + available);
}

/** Ranges as metallb internal/config ParseCIDR reads them. */
function sizeOf(addresses: readonly string[]): number | undefined {
  const sizes = addresses.map((range) => rangeSize(range.trim()));
  return sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
}

function rangeSize(range: string): number | undefined {
  const [address = '', bits] = range.split('/');
  if (bits !== undefined) return isIPv4(address) ? 2 ** (32 - Number(bits)) : undefined;
  const [first = '', last = first] = range.split('-').map((part) => part.trim());
  return isIPv4(first) && isIPv4(last) ? numberOf(last) - numberOf(first) + 1 : undefined;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** An L2Advertisement or BGPAdvertisement: no peers and no communities. */
export function projectAdvertisement(raw: unknown, context: Context): Advertisement {
  return {
    ...projectObject(raw, context),
    kind: context.kind.kind as Advertisement['kind'],
    pools: strings(raw, 'spec', 'ipAddressPools'),
    poolSelectors: items(raw, 'spec', 'ipAddressPoolSelectors').flatMap((selector) => [
      labelSelector({ selector }, 'selector') ?? [],
    ]),
  };
}

/** A ServiceL2Status. */
export function projectServiceL2Status(raw: unknown, context: Context): ServiceL2Status {
  return {
    ...projectObject(raw, context),
    kind: 'ServiceL2Status',
    node: string(raw, 'status', 'node'),
    service: string(raw, 'status', 'serviceName'),
    serviceNamespace: string(raw, 'status', 'serviceNamespace'),
  };
}

/** A ConfigurationState; whose it is stands in labels. */
export function projectConfigurationState(raw: unknown, context: Context): ConfigurationState {
  const object = projectObject(raw, context);
  const parts = ['metallb.io/component-type', 'metallb.io/node-name'].flatMap(
    (key) => object.labels[key] ?? [],
  );
  return {
    ...object,
    kind: 'ConfigurationState',
    result: string(raw, 'status', 'result'),
    error: context.text(string(raw, 'status', 'errorSummary') ?? string(raw, 'status', 'lastError')),
    process: parts.length > 0 ? parts.join(' on ') : undefined,
  };
}
