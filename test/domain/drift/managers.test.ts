import { describe, expect, test } from 'vitest';

import { ownersIn } from '#domain/drift/managed-fields.ts';
import { isAutoscaler, isBenign, wordsFor } from '#domain/drift/managers.ts';

import { live, owner } from './objects.ts';

const SCALE = { subresource: 'scale' };

function only(entry: ReturnType<typeof owner>): ReturnType<typeof ownersIn>[number] {
  const [found] = ownersIn(live('Deployment/apps/wiki', [entry]));
  if (found === undefined) throw new Error('there is no owner');
  return found;
}

describe('a field manager in words', () => {
  test.each([
    ['kubectl edit', owner('kubectl-edit')],
    ['kubectl patch', owner('kubectl-patch')],
    ['kubectl set', owner('kubectl-set')],
    ['kubectl label', owner('kubectl-label')],
    ['kubectl annotate', owner('kubectl-annotate')],
    ['kubectl replace', owner('kubectl-replace')],
    ['a rollout restart (kubectl or k9s)', owner('kubectl-rollout')],
    ['kubectl apply', owner('kubectl-client-side-apply')],
    ['kubectl apply --server-side', owner('kubectl', { operation: 'Apply' })],
    ['kubectl scale', owner('kubectl', SCALE)],
    ['kubectl', owner('kubectl')],
    ['kubectl: kubectl-taint', owner('kubectl-taint')],
    ['k9s scale', owner('k9s', SCALE)],
    ['k9s', owner('k9s')],
    ['a user interface (Lens or a dashboard)', owner('node-fetch')],
    ['a user interface (Lens or a dashboard)', owner('Mozilla')],
    ['a dashboard', owner('headlamp')],
    ['the flux command', owner('flux')],
    ['the helm command', owner('helm')],
    ['whoever made it before server-side apply', owner('before-first-apply')],
    ['my-script', owner('my-script')],
    ['my-script (scale)', owner('my-script', SCALE)],
  ])('%s: a hand', (words, entry) => {
    const found = only(entry);

    expect(wordsFor(found)).toBe(words);
    expect(isBenign(found)).toBe(false);
  });

  test.each([
    ['the HorizontalPodAutoscaler', owner('kube-controller-manager', SCALE)],
    ['Kubernetes itself', owner('kube-controller-manager')],
    ['Kubernetes itself', owner('kubelet')],
    ['cert-manager cainjector', owner('cert-manager-cainjector')],
    ['cert-manager', owner('cert-manager-certificates-issuing')],
    ['Reloader', owner('stakater-reloader')],
    ['the VerticalPodAutoscaler', owner('vpa-admission-controller')],
    ['KEDA', owner('keda-operator')],
    ['Kyverno', owner('kyverno')],
    ['the network plugin', owner('cilium-operator')],
    ['the storage driver', owner('longhorn-manager')],
    ['a controller: grafana-operator', owner('grafana-operator')],
  ])('%s: at its work', (words, entry) => {
    const found = only(entry);

    expect(wordsFor(found)).toBe(words);
    expect(isBenign(found)).toBe(true);
  });

  test.each([
    [owner('kube-controller-manager', SCALE), true],
    [owner('keda-operator', SCALE), true],
    [owner('kube-controller-manager'), false],
    [owner('kubectl', SCALE), false],
  ])('%j scales by itself: %s', (entry, scales) => {
    expect(isAutoscaler(only(entry))).toBe(scales);
  });
});
