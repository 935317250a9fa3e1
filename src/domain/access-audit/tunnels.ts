import type { Pod } from '../objects/workload.ts';
import { byText } from '../text.ts';
import type { AccessObjects } from './observed.ts';

/** Images of programs that lead from the internet into a cluster past every Service and Ingress. */
const TUNNELS =
  /(?:^|\/)(?:cloudflared|ngrok(?:-\w+)*|frpc|inlets\w*|newt|rathole|bore|zrok|localtunnel)(?:[:@]|$)/;

/** Whether a pod runs such a program. */
export function isTunnel({ containers }: Pod): boolean {
  return containers.some(({ image }) => TUNNELS.test(image));
}

/** Tunnels by program and namespace, each once. */
export function tunnelsIn({ Pod: pods }: AccessObjects): { name: string; namespace: string }[] {
  const found = pods.filter(isTunnel).map(({ containers, namespace = '' }) => ({
    name:
      containers.flatMap(({ image }) => TUNNELS.exec(image)?.[0].replace(/[/:@]/g, '') ?? [])[0] ?? 'tunnel',
    namespace,
  }));
  const distinct = new Map(found.map((one) => [`${one.namespace}/${one.name}`, one]));
  return [...distinct].toSorted(([a], [b]) => byText(a, b)).map(([, one]) => one);
}
