import type { Certificate } from '../../objects/cert-manager.ts';
import { refOf } from '../../objects/meta.ts';
import type { Ingress, Service } from '../../objects/network.ts';
import { byText, nameSome } from '../../text.ts';
import { certificatesFor, isUsable } from '../certificates.ts';
import {
  type Fault,
  faultOf,
  firstFault,
  type Known,
  raised,
  ripening,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import { isKnown } from '../known.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

/** Ingresses that lead nowhere by their own fault. */
const INGRESS_RULES: readonly Rule<Ingress>[] = [
  { name: 'BackendMissing', source: 'kubernetes api/networking/v1 IngressBackend', judge: backendMissing },
  {
    name: 'IngressClassMissing',
    source: 'kubernetes api/networking/v1 IngressClassName',
    judge: classMissing,
  },
  {
    name: 'IngressWithoutAddress',
    source: 'kubernetes api/networking/v1 IngressStatus.loadBalancer',
    judge: withoutAddress,
  },
];

/** What is told of an Ingress that leads somewhere. */
const TLS_RULES: readonly Rule<Ingress>[] = [
  {
    name: 'CertificateUnusable',
    source: 'kubernetes api/networking/v1 IngressTLS.secretName, by the Certificate that fills it',
    judge: certificateUnusable,
  },
  {
    name: 'CertificateMissing',
    source: 'cert-manager pkg/controller/certificate-shim, a Certificate for each tls entry',
    judge: certificateMissing,
  },
];

/** Ingresses; one whose backend is at fault is its consequence. */
export const INGRESSES: RuleSet = {
  component: 'network',
  checked: ({ objects }) => objects.Ingress,
  judge: (world, known) =>
    world.objects.Ingress.filter(({ deletion }) => deletion === undefined).flatMap(
      (ingress) =>
        firstFault(INGRESS_RULES, ingress, { component: 'network', ref: refOf(ingress) }, world) ??
        deadBackend(ingress, known) ??
        firstFault(TLS_RULES, ingress, { component: 'network', ref: refOf(ingress) }, world) ??
        [],
    ),
};

function backendMissing(ingress: Ingress, world: World): Symptom | undefined {
  if (!world.sees('Service', ingress.namespace)) return undefined;
  const missing = ingress.backends.flatMap((backend) => missingPart(backend, ingress, world) ?? []);
  if (missing.length === 0) return undefined;
  return {
    state: raised(ingress.created, world.now, 2),
    message: `leads nowhere: ${nameSome([...new Set(missing)].toSorted(byText), 3)}`,
    since: ingress.created,
    evidence: [{ path: 'spec.rules[].host', value: nameSome(ingress.hosts, 3) }],
  };
}

function missingPart(
  { service, port }: Ingress['backends'][number],
  ingress: Ingress,
  world: World,
): string | undefined {
  const backend = world.byRef.get(refOf({ kind: 'Service', namespace: ingress.namespace, name: service }));
  if (backend === undefined) return `Service ${service} does not exist`;
  const { ports } = backend as Service;
  const offered = ports.some((one) => String(one.port) === port || one.name === port);
  return offered || port === '' ? undefined : `Service ${service} has no port ${port}`;
}

/** The old annotation names a class of a controller's own flags, which needs no object. */
function classMissing({ className, created, annotations }: Ingress, world: World): Symptom | undefined {
  if (!world.sees('IngressClass') || annotations['kubernetes.io/ingress.class'] !== undefined)
    return undefined;
  const classes = world.objects.IngressClass;
  if (className === undefined) {
    return classes.some(({ isDefault }) => isDefault)
      ? undefined
      : {
          state: 'info',
          reason: 'NoIngressClass',
          message: 'names no ingress class and there is no default',
        };
  }
  if (classes.some(({ name }) => name === className)) return undefined;
  return {
    state: raised(created, world.now, 2),
    message: `ingress class ${className} does not exist: no controller serves it`,
    since: created,
    evidence: [{ path: 'spec.ingressClassName', value: className }],
  };
}

/** Not every controller writes addresses: one that does for others of the class should have done so. */
function withoutAddress({ className, ingressPoints, created }: Ingress, world: World): Symptom | undefined {
  if (className === undefined || ingressPoints > 0) return undefined;
  const served = world.objects.Ingress.filter((one) => one.className === className && one.ingressPoints > 0);
  if (served.length === 0) return undefined;
  return {
    state: ripening(created, world.now, 2),
    message: `no controller has taken it up: it has no address, and ${served.length} of class ${className} have one`,
    since: created,
    evidence: [{ path: 'status.loadBalancer', value: 'empty' }],
  };
}

/** Where nobody asked cert-manager for it, a Secret without Certificate may well have come another way. */
function certificateMissing(ingress: Ingress, world: World): Symptom | undefined {
  const { namespace, annotations, created } = ingress;
  if (!world.sees('Certificate', namespace) || world.objects.Certificate.length === 0) return undefined;
  const missing = ingress.tlsSecrets.filter((name) => certificatesOf(name, ingress, world).length === 0);
  if (missing.length === 0) return undefined;
  const asked = ['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer'].some(
    (key) => key in annotations,
  );
  return {
    state: asked ? ripening(created, world.now, 2) : 'info',
    message: `no Certificate fills its TLS Secret ${nameSome(missing, 2)}`,
    since: created,
    evidence: [{ path: 'spec.tls[].secretName', value: nameSome(missing, 2) }],
    causes: asked ? operatorRefs('Certificate', world) : [],
  };
}

function certificatesOf(secret: string, { namespace }: Ingress, world: World): readonly Certificate[] {
  return certificatesFor({ kind: 'Secret', namespace, name: secret }, world);
}

/** Secrets are never read: the Certificate that fills one tells what is in it. */
function certificateUnusable(ingress: Ingress, world: World): Symptom | undefined {
  const bad = ingress.tlsSecrets
    .flatMap((secret) => certificatesOf(secret, ingress, world))
    .filter((certificate) => !isUsable(certificate, world.now))
    .map(refOf);
  if (bad.length === 0) return undefined;
  return {
    state: 'degraded',
    message: `serves ${nameSome(bad, 2)}, which no client accepts`,
    causes: bad,
  };
}

/** A backend that is at fault already: the Ingress is its consequence. */
function deadBackend(ingress: Ingress, known: Known): Fault | undefined {
  const dead = ingress.backends
    .map(({ service }) => refOf({ kind: 'Service', namespace: ingress.namespace, name: service }))
    .filter((ref) => isKnown(known, ref));
  if (dead.length === 0) return undefined;
  return faultOf(
    { state: 'degraded', message: `leads to ${nameSome(dead, 2)}, which has no endpoints`, causes: dead },
    { component: 'network', rule: 'BackendWithoutEndpoints', ref: refOf(ingress) },
  );
}
