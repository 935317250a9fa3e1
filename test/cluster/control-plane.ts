import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Agent, request } from 'undici';
import { stringify } from 'yaml';

import { accessTo, type ClusterAccess, type Endpoint } from './access.ts';
import { AUDIT_POLICY } from './audit.ts';
import { ensurePrograms, type Program } from './build.ts';
import { createAuthority, createSigningKey, issueCertificate } from './certificates.ts';
import { freePorts, openWorkshop, untilReady, type Workshop } from './processes.ts';

/** What to start besides etcd and the API server; everything is off when absent. */
export interface ControlPlaneOptions {
  /** Controllers: Deployments make pods, owners take their objects with them, namespaces end. There is no scheduler. */
  controllerManager?: boolean;
  /** Nodes become ready and pods that name one run, without a kubelet. */
  kwok?: boolean;
  /** Keeps an audit log at level Metadata. */
  audit?: boolean;
  /** Stores built-in kinds as JSON, so that `backdate` works on them. */
  storageJson?: boolean;
  /** Users with a bearer token, besides `admin` (system:masters), `daytwo` and `limited`. */
  users?: readonly string[];
}

/** A control plane of this test run's own. */
export interface ControlPlane extends ClusterAccess {
  /** The API server accepts connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** The API server is gone: connections are refused. */
  stopApiServer(): Promise<void>;
  /** The API server is back, at the same address, with the same data. */
  startApiServer(): Promise<void>;
  /** Ends every program and removes every file. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 2000;
const CORE_PROGRAMS = ['etcd', 'kube-apiserver'] as const;

/**
 * Starts a control plane and resolves when it is ready, in about 5 s when its programs are built. Throws with the last
 * lines of the logs when it does not become ready.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = await ensurePrograms([...CORE_PROGRAMS, ...extraPrograms(options)]);
  const workshop = await openWorkshop('daytwo-control-plane-');
  try {
    return await startIn(workshop, programs, options);
  } catch (error) {
    await workshop.close();
    throw error;
  }
}

function extraPrograms({ controllerManager, kwok }: ControlPlaneOptions): Program[] {
  const wanted: [boolean | undefined, Program][] = [
    [controllerManager, 'kube-controller-manager'],
    [kwok, 'kwok'],
  ];
  return wanted.filter(([on]) => on).map(([, program]) => program);
}

async function startIn(
  workshop: Workshop,
  programs: Record<Program, string>,
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const [client = 0, peer = 0, secure = 0] = await freePorts(3);
  const endpoint = await layOut(workshop.dir, { client, secure }, options);
  const etcd = workshop.start('etcd', programs.etcd, etcdFlags(client, peer));
  const startApiServer = () =>
    workshop.start('kube-apiserver', programs['kube-apiserver'], apiServerFlags(endpoint, options));
  let apiServer = startApiServer();
  await untilReady(() => isReady(endpoint), [etcd, apiServer], START_TIMEOUT_MS);
  const access = accessTo(endpoint);
  startExtras(workshop, programs, access, options);
  return {
    ...access,
    pause: () => apiServer.signal('SIGSTOP'),
    resume: () => apiServer.signal('SIGCONT'),
    stopApiServer: () => apiServer.stop(STOP_GRACE_MS),
    startApiServer: async () => {
      apiServer = startApiServer();
      await untilReady(() => isReady(endpoint), [etcd, apiServer], START_TIMEOUT_MS);
    },
    stop: () => workshop.close(),
  };
}

/** Writes the files that the programs are started with. */
async function layOut(
  dir: string,
  ports: { client: number; secure: number },
  { audit, users = [] }: ControlPlaneOptions,
): Promise<Endpoint> {
  const authority = createAuthority('daytwo-test-ca');
  const serving = issueCertificate(authority, {
    commonName: 'kube-apiserver',
    hosts: ['127.0.0.1', 'localhost'],
  });
  const names = ['admin', 'daytwo', 'limited', ...users];
  const tokens = Object.fromEntries(names.map((name) => [name, `token-of-${name}`]));
  const files: Record<string, string> = {
    'ca.crt': authority.certificate,
    'serving.crt': serving.certificate,
    'serving.key': serving.key,
    'service-account.key': createSigningKey(),
    'tokens.csv': names.map((name) => tokenLine(name, tokens[name] ?? '')).join(''),
    'audit-policy.yaml': stringify(AUDIT_POLICY),
  };
  await mkdir(join(dir, 'kubeconfigs'));
  await Promise.all(
    Object.entries(files).map(([name, text]) => writeFile(join(dir, name), text, { mode: 0o600 })),
  );
  return {
    server: `https://127.0.0.1:${ports.secure}`,
    etcd: `http://127.0.0.1:${ports.client}`,
    dir: join(dir, 'kubeconfigs'),
    authority,
    tokens,
    auditFile: audit ? join(dir, 'audit.log') : undefined,
  };
}

function tokenLine(user: string, token: string): string {
  const groups = user === 'admin' ? ',"system:masters"' : '';
  return `${token},${user},${user}${groups}\n`;
}

function etcdFlags(client: number, peer: number): string[] {
  const clientUrl = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  return [
    '--name=default',
    '--data-dir=etcd',
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
  ];
}

/** Files are named relative to the workshop, in which the program runs. */
function apiServerFlags(endpoint: Endpoint, { storageJson }: ControlPlaneOptions): string[] {
  const flags = [
    `--etcd-servers=${endpoint.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${new URL(endpoint.server).port}`,
    // Nobody reaches it through the `kubernetes` Service, and a loopback address may not be published there.
    '--endpoint-reconciler-type=none',
    '--authorization-mode=RBAC',
    '--token-auth-file=tokens.csv',
    '--client-ca-file=ca.crt',
    '--tls-cert-file=serving.crt',
    '--tls-private-key-file=serving.key',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=service-account.key',
    '--service-account-signing-key-file=service-account.key',
    '--service-cluster-ip-range=10.96.0.0/16',
    // Without their controllers these would refuse pods and leave nodes tainted.
    '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
    '--allow-privileged',
  ];
  if (endpoint.auditFile) {
    flags.push('--audit-policy-file=audit-policy.yaml', `--audit-log-path=${endpoint.auditFile}`);
  }
  if (storageJson) flags.push('--storage-media-type=application/json');
  return flags;
}

async function isReady({ server, authority, tokens }: Endpoint): Promise<boolean> {
  const dispatcher = new Agent({ connect: { ca: authority.certificate } });
  const headers = { authorization: `Bearer ${tokens['admin']}` };
  try {
    const { statusCode, body } = await request(`${server}/readyz`, {
      dispatcher,
      headers,
      headersTimeout: 2000,
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  } finally {
    await dispatcher.destroy();
  }
}

/** Nothing waits for these: what they do shows in the objects they act on. */
function startExtras(
  workshop: Workshop,
  programs: Record<Program, string>,
  access: ClusterAccess,
  { controllerManager, kwok }: ControlPlaneOptions,
): void {
  const kubeconfig = access.kubeconfig('admin');
  if (controllerManager) {
    const flags = controllerManagerFlags(kubeconfig);
    workshop.start('kube-controller-manager', programs['kube-controller-manager'], flags);
  }
  if (kwok) {
    const flags = [`--kubeconfig=${kubeconfig}`, '--manage-all-nodes=true', '--node-ip=10.0.0.1'];
    workshop.start('kwok', programs.kwok, flags);
  }
}

function controllerManagerFlags(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--service-account-private-key-file=service-account.key',
    '--root-ca-file=ca.crt',
    '--controllers=*',
  ];
}
