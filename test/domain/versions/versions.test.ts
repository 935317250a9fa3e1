import { describe, expect, it } from 'vitest';

import { apiServerSkew, skewOf } from '#domain/versions/skew.ts';
import { kubernetesStep, supportsKubernetes, talosStep } from '#domain/versions/talos-support.ts';
import { compareVersions, isSameVersion, parseVersion, talosVersionOf } from '#domain/versions/version.ts';

describe('versions', () => {
  it.each([
    ['v1.13.9', { major: 1, minor: 13, patch: 9, suffix: '' }],
    ['1.36.2', { major: 1, minor: 36, patch: 2, suffix: '' }],
    ['v1.14.0-beta.1', { major: 1, minor: 14, patch: 0, suffix: '-beta.1' }],
    ['v1.30.1+k3s1', { major: 1, minor: 30, patch: 1, suffix: '+k3s1' }],
    ['v1.13', undefined],
    ['latest', undefined],
    ['${TALOS_VERSION}', undefined],
    [undefined, undefined],
  ])('%s', (text, version) => {
    expect(parseVersion(text)).toEqual(version);
  });

  it.each([
    ['v1.9.9', 'v1.10.0', -1],
    ['v1.13.10', 'v1.13.9', 1],
    ['v1.14.0-beta.1', 'v1.14.0', -1],
    ['v1.30.1+k3s1', 'v1.30.1-k3s1', 0],
    ['1.13.9', 'v1.13.9', 0],
  ])('%s against %s', (a, b, sign) => {
    const [first, second] = [parseVersion(a), parseVersion(b)];

    expect(first && second && Math.sign(compareVersions(first, second))).toBe(sign);
  });

  it.each([
    ['Talos (v1.13.9)', 'v1.13.9'],
    ['Talos (v1.14.0-alpha.0-12-gabc1234)', 'v1.14.0-alpha.0-12-gabc1234'],
    ['Ubuntu 24.04.1 LTS', undefined],
    ['Flatcar v4081.2.0', undefined],
  ])('osImage %s', (osImage, version) => {
    expect(talosVersionOf(osImage)).toBe(version);
  });

  it('are the same with and without v, and however the build is written', () => {
    expect(isSameVersion('v1.30.1+k3s1', '1.30.1-k3s1')).toBe(true);
    expect(isSameVersion('v1.13.9', 'v1.13.8')).toBe(false);
    expect(isSameVersion(undefined, undefined)).toBe(false);
  });
});

describe('siderolabs/talos pkg/machinery/compatibility', () => {
  it.each([
    ['v1.8.0', 26, 31],
    ['v1.9.5', 27, 32],
    ['v1.10.1', 28, 33],
    ['v1.11.0', 29, 34],
    ['v1.12.4', 30, 35],
    ['v1.13.9', 31, 36],
    ['v1.14.0', 32, 37],
    ['v1.15.0', 33, 38],
  ])('Talos %s runs Kubernetes 1.%i to 1.%i', (talos, oldest, newest) => {
    const verdicts = [oldest - 1, oldest, newest, newest + 1].map(
      (minor) => supportsKubernetes(talos, `v1.${minor}.0`).verdict,
    );

    expect(verdicts).toEqual(['no', 'yes', 'yes', 'no']);
  });

  it.each([
    ['v1.16.0', 'v1.38.0'],
    ['v1.7.6', 'v1.30.0'],
    ['v2.0.0', 'v1.36.0'],
    ['nonsense', 'v1.36.0'],
  ])('does not know Talos %s', (talos, kubernetes) => {
    expect(supportsKubernetes(talos, kubernetes).verdict).toBe('unknown');
  });

  it.each([
    ['v1.13.8', 'v1.13.9', 'yes'],
    ['v1.12.4', 'v1.13.9', 'yes'],
    ['v1.11.0', 'v1.13.9', 'warn'],
    ['v1.10.9', 'v1.13.9', 'no'],
    ['v1.5.0', 'v1.8.0', 'warn'],
    ['v1.4.8', 'v1.8.0', 'no'],
    ['v1.14.0', 'v1.13.9', 'yes'],
    ['v1.15.0', 'v1.13.9', 'no'],
    ['v1.13.9', 'v1.16.0', 'unknown'],
  ])('Talos %s to %s: %s', (from, to, verdict) => {
    expect(talosStep(from, to).verdict).toBe(verdict);
  });
});

describe('kubernetes version skew policy', () => {
  it.each([
    ['v1.35.4', 'v1.36.2', 'yes'],
    ['v1.36.1', 'v1.36.2', 'yes'],
    ['v1.36.2', 'v1.36.1', 'yes'],
    ['v1.34.0', 'v1.36.2', 'no'],
    ['v1.36.2', 'v1.35.4', 'no'],
    ['v1.36.2', 'soon', 'unknown'],
  ])('a step from %s to %s: %s', (from, to, verdict) => {
    expect(kubernetesStep(from, to).verdict).toBe(verdict);
  });

  it.each([
    ['kubelet', 'v1.33.0', ['v1.36.2'], undefined],
    ['kubelet', 'v1.32.0', ['v1.36.2'], /4 minors behind/],
    ['kubelet', 'v1.36.9', ['v1.36.2', 'v1.36.2'], undefined],
    ['kubelet', 'v1.37.0', ['v1.37.0', 'v1.36.2'], /newer than the API server v1.36.2/],
    ['kube-proxy', 'v1.32.1', ['v1.36.2'], /4 minors behind/],
    ['kube-scheduler', 'v1.35.1', ['v1.36.2'], undefined],
    ['kube-controller-manager', 'v1.34.1', ['v1.36.2'], /2 minors behind/],
    ['kubelet', 'v1.36.0', [], undefined],
  ] as const)('%s %s with API servers %j', (part, version, apiServers, says) => {
    const skew = skewOf(part, version, apiServers);

    expect(skew ?? 'none').toMatch(says ?? /^none$/);
  });

  it('keeps API servers within one minor', () => {
    expect(apiServerSkew(['v1.36.2', 'v1.35.9', 'v1.36.0'])).toBeUndefined();
    expect(apiServerSkew(['v1.36.2', 'v1.34.9'])).toMatch(/2 minors apart/);
  });
});
