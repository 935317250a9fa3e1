import { type FieldOwner, isFlux } from './managed-fields.ts';

interface ManagerRow {
  manager: RegExp;
  /** Only with this subresource; `none` for the object itself. */
  subresource?: string;
  operation?: FieldOwner['operation'];
  words: string;
  /** What changes objects as its work, and is no hand. */
  isBenign?: true;
}

/** Field managers by the names that tools give themselves; the first row that fits counts. No user name is known to any of it. */
const MANAGERS: readonly ManagerRow[] = [
  { manager: /^kubectl-edit$/, words: 'kubectl edit' },
  { manager: /^kubectl-patch$/, words: 'kubectl patch' },
  { manager: /^kubectl-set$/, words: 'kubectl set' },
  { manager: /^kubectl-label$/, words: 'kubectl label' },
  { manager: /^kubectl-annotate$/, words: 'kubectl annotate' },
  { manager: /^kubectl-replace$/, words: 'kubectl replace' },
  { manager: /^kubectl-create$/, words: 'kubectl create' },
  { manager: /^kubectl-rollout$/, words: 'a rollout restart (kubectl or k9s)' },
  { manager: /^kubectl-client-side-apply$/, words: 'kubectl apply' },
  { manager: /^kubectl$/, subresource: 'scale', words: 'kubectl scale' },
  { manager: /^kubectl$/, operation: 'Apply', words: 'kubectl apply --server-side' },
  { manager: /^kubectl/, words: 'kubectl' },
  { manager: /^k9s$/, subresource: 'scale', words: 'k9s scale' },
  { manager: /^k9s$/, words: 'k9s' },
  {
    manager: /^(?:node-fetch|Mozilla|Lens|OpenLens|freelens)/i,
    words: 'a user interface (Lens or a dashboard)',
  },
  { manager: /^(?:dashboard|kubernetes-dashboard|headlamp|rancher)/i, words: 'a dashboard' },
  { manager: /^(?:flux|flux-client-side-apply)$/, words: 'the flux command' },
  { manager: /^(?:helm|Helm)$/, words: 'the helm command' },
  { manager: /^(?:argocd|argocd-controller)$/, words: 'Argo CD' },
  { manager: /^(?:terraform|Terraform|HashiCorp|pulumi)/, words: 'Terraform or Pulumi' },
  { manager: /^(?:before-first-apply)$/, words: 'whoever made it before server-side apply' },
  { manager: /^ancient-changes$/, words: 'changes too old to be told apart' },
  {
    manager: /^kube-controller-manager$/,
    subresource: 'scale',
    words: 'the HorizontalPodAutoscaler',
    isBenign: true,
  },
  {
    manager: /^kube-(?:controller-manager|scheduler|apiserver)$|^kubelet$/,
    words: 'Kubernetes itself',
    isBenign: true,
  },
  { manager: /^(?:cainjector|cert-manager-cainjector)$/, words: 'cert-manager cainjector', isBenign: true },
  { manager: /^cert-manager/, words: 'cert-manager', isBenign: true },
  { manager: /^(?:reloader|stakater-reloader|Reloader)/i, words: 'Reloader', isBenign: true },
  {
    manager: /^(?:vpa-|vertical-pod-autoscaler|admission-controller$|recommender$|updater$)/,
    words: 'the VerticalPodAutoscaler',
    isBenign: true,
  },
  { manager: /^keda/, words: 'KEDA', isBenign: true },
  { manager: /^kyverno/, words: 'Kyverno', isBenign: true },
  { manager: /^(?:cilium|calico|flannel|multus)/, words: 'the network plugin', isBenign: true },
  {
    manager:
      /^(?:csi-|external-(?:provisioner|attacher|resizer|snapshotter)|longhorn|rook|snapshot-controller)/,
    words: 'the storage driver',
    isBenign: true,
  },
  { manager: /^(?:metallb|speaker$|controller$)/, words: 'a controller', isBenign: true },
  {
    manager: /(?:-controller|-operator|-manager|-webhook|controller-manager)$/,
    words: 'a controller',
    isBenign: true,
  },
];

/** A manager in an operator's words, with its own name where those are not the same. */
export function wordsFor(owner: FieldOwner): string {
  const row = rowOf(owner);
  if (row === undefined) return owner.subresource ? `${owner.manager} (${owner.subresource})` : owner.manager;
  return row.words.includes(owner.manager) || !GENERIC.has(row.words)
    ? row.words
    : `${row.words}: ${owner.manager}`;
}

const GENERIC: ReadonlySet<string> = new Set(['a controller', 'kubectl']);

/** True for what changes objects as its work: Kubernetes, autoscalers, injectors, controllers; Flux too. */
export function isBenign(owner: FieldOwner): boolean {
  return isFlux(owner) || rowOf(owner)?.isBenign === true;
}

function rowOf({ manager, subresource, operation }: FieldOwner): ManagerRow | undefined {
  return MANAGERS.find(
    (row) =>
      row.manager.test(manager) &&
      (row.subresource === undefined || row.subresource === subresource) &&
      (row.operation === undefined || row.operation === operation),
  );
}

/** The autoscaler's own field: it belongs to it, whatever Git says. */
export function isAutoscaler({ manager, subresource }: FieldOwner): boolean {
  return subresource === 'scale' && (manager === 'kube-controller-manager' || manager.startsWith('keda'));
}
