import type { Fault } from './fault.ts';
import { fetchFailed, fluxObject, git, HEAD, kustomization, retrying, waiting } from './flux-objects.ts';

const GIT = 'GitRepository/flux-system/shop';
const URL = 'ssh://git@git.test/home/shop.git';

/** What Kustomizations say whose source never had an artifact (kustomize-controller, reconciler). */
const NO_ARTIFACT = [
  ['Ready', 'False', 'ArtifactFailed', 'Source artifact not found, retrying in 30s'],
] as const;

const withoutArtifact = { status: {} };

/** What goes wrong before anything is applied: credentials, certificates, names, references, signatures. */
export const SOURCE_FAULTS: readonly Fault[] = [
  {
    name: 'the deploy key of a Git repository is refused, before its first fetch',
    objects: () => [
      git('shop', {
        ...withoutArtifact,
        told: fetchFailed(
          'GitOperationFailed',
          `failed to checkout and determine revision: unable to clone '${URL}': ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain`,
        ),
      }),
      kustomization('shop', { told: NO_ARTIFACT, fresh: true }),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: GIT, reason: 'GitOperationFailed' },
    decoys: ['Kustomization/flux-system/shop', 'Kustomization/flux-system/shop-extras'],
  },
  {
    name: 'the Secret with the credentials of a Git repository is gone',
    objects: () => [
      git('shop', {
        told: fetchFailed(
          'AuthenticationFailed',
          `failed to get secret 'flux-system/shop-deploy-key': secrets "shop-deploy-key" not found`,
        ),
      }),
      kustomization('shop'),
    ],
    root: { ref: GIT, reason: 'AuthenticationFailed' },
    decoys: ['Kustomization/flux-system/shop'],
  },
  {
    name: 'the name of the Git server does not resolve',
    objects: () => [
      git('shop', {
        told: fetchFailed(
          'GitOperationFailed',
          'failed to checkout and determine revision: unable to list remote for \'https://git.test/home/shop.git\': Get "https://git.test/home/shop.git/info/refs?service=git-upload-pack": dial tcp: lookup git.test on 10.96.0.10:53: no such host',
        ),
      }),
      kustomization('shop'),
      fluxObject('ImageUpdateAutomation', 'shop', {
        spec: { sourceRef: { kind: 'GitRepository', name: 'shop' } },
        told: retrying(
          'GitOperationFailed',
          "failed to checkout source: unable to clone 'https://git.test/home/shop.git': dial tcp: lookup git.test on 10.96.0.10:53: no such host",
        ),
      }),
    ],
    root: { ref: GIT, reason: 'GitOperationFailed' },
    decoys: ['ImageUpdateAutomation/flux-system/shop', 'Kustomization/flux-system/shop'],
  },
  {
    name: 'the Git repository was renamed',
    objects: () => [
      git('shop', {
        ...withoutArtifact,
        told: fetchFailed(
          'GitOperationFailed',
          "failed to checkout and determine revision: unable to clone 'https://git.test/home/shop.git': repository not found",
        ),
      }),
      kustomization('shop', { told: NO_ARTIFACT, fresh: true }),
    ],
    root: { ref: GIT, reason: 'GitOperationFailed' },
    decoys: ['Kustomization/flux-system/shop'],
  },
  {
    name: 'the branch that Flux follows was deleted',
    objects: () => [
      git('shop', {
        spec: { ref: { branch: 'release' } },
        told: fetchFailed(
          'GitOperationFailed',
          `failed to checkout and determine revision: unable to clone '${URL}': couldn't find remote ref "refs/heads/release"`,
        ),
      }),
      kustomization('shop'),
    ],
    root: { ref: GIT, reason: 'GitOperationFailed' },
    decoys: ['Kustomization/flux-system/shop'],
  },
  {
    name: 'a commit is not signed by a trusted key',
    objects: () => {
      const message = `signature verification of commit '5394cb7f48332b2de7c17dd8b8384bbc84b7e738' failed: unable to verify payload with any of the given key rings`;
      return [
        git('shop', {
          told: [
            ...retrying('InvalidCommitSignature', message),
            ['SourceVerified', 'False', 'InvalidCommitSignature', message],
            ['ArtifactOutdated', 'True', 'NewRevision', `new upstream revision '${HEAD}'`],
          ],
        }),
        kustomization('shop'),
      ];
    },
    root: { ref: GIT, reason: 'InvalidCommitSignature' },
    decoys: ['Kustomization/flux-system/shop'],
  },
  {
    name: 'an OCI artifact has no signature',
    objects: () => {
      const message =
        "failed to verify the signature using provider 'cosign': no matching signatures were found for 'registry.test/home/shop:1.4.0'";
      return [
        fluxObject('OCIRepository', 'shop', {
          spec: { url: 'oci://registry.test/home/shop', ref: { tag: '1.4.0' } },
          told: [
            ...retrying('VerificationError', message),
            ['SourceVerified', 'False', 'VerificationError', message],
          ],
        }),
        kustomization('shop', {
          source: { kind: 'OCIRepository', name: 'shop' },
          told: NO_ARTIFACT,
          fresh: true,
        }),
      ];
    },
    root: { ref: 'OCIRepository/flux-system/shop', reason: 'VerificationError' },
    decoys: ['Kustomization/flux-system/shop'],
  },
  {
    name: 'the access key of a Bucket was deleted',
    objects: () => [
      git('shop'),
      fluxObject('Bucket', 'shop', {
        spec: { bucketName: 'shop', endpoint: 'minio.test', provider: 'generic' },
        told: fetchFailed(
          'BucketOperationFailed',
          "failed to confirm existence of 'shop' bucket: The Access Key Id you provided does not exist in our records.",
        ),
      }),
      kustomization('shop', { source: { kind: 'Bucket', name: 'shop' }, told: NO_ARTIFACT, fresh: true }),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: 'Bucket/flux-system/shop', reason: 'BucketOperationFailed' },
    decoys: ['Kustomization/flux-system/shop', 'Kustomization/flux-system/shop-extras'],
  },
  {
    name: 'the volume of source-controller is full',
    objects: () => {
      const message =
        'unable to archive artifact to storage: write /data/gitrepository/flux-system/shop/5394cb7f.tar.gz: no space left on device';
      return [
        git('shop', {
          told: [
            ...retrying('ArchiveOperationFailed', message),
            ['StorageOperationFailed', 'True', 'ArchiveOperationFailed', message],
            ['ArtifactOutdated', 'True', 'NewRevision', `new upstream revision '${HEAD}'`],
          ],
        }),
        kustomization('shop'),
      ];
    },
    root: { ref: GIT, reason: 'ArchiveOperationFailed' },
    decoys: ['Kustomization/flux-system/shop'],
  },
];
