import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Config } from '../config.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Where a cluster could come from, beside the configuration. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  home: string;
}

/**
 * Whether there is a cluster to ask: a recording, a kubeconfig that is named or stands where kubectl looks, or a service
 * account. Only that it is configured, not that it answers.
 */
export function clusterConfigured(config: Config, { environment, home }: Surroundings): boolean {
  return [
    config.snapshot !== undefined,
    config.kubeconfig !== undefined,
    Boolean(environment['KUBECONFIG']),
    existsSync(join(home, '.kube', 'config')),
    existsSync(SERVICE_ACCOUNT),
  ].some(Boolean);
}
