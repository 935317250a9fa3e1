/** A line of a shell block, and whether a heading above it says that it writes. */
export interface Command {
  command: string;
  writes: boolean;
}

/** The commands of a runbook in the order of its text. */
export function commandsIn(text: string): Command[] {
  let heading = '';
  let isShell = false;
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('```')) isShell = line === '```sh';
    else if (isShell) return line.trim() === '' ? [] : [{ command: line, writes: /\(writes /.test(heading) }];
    else if (/^#+ /.test(line)) heading = line;
    return [];
  });
}

/** The calls of daytwo's tools that a text gives. */
export function toolCallsIn(text: string): { tool: string; input: unknown }[] {
  return [...text.matchAll(/^daytwo: `(\w+) (\{.*\})`$/gm)].map(([, tool = '', input = '']) => ({
    tool,
    input: JSON.parse(input) as unknown,
  }));
}

/** Commands that change nothing, by their first words; the last rows are for what a person does in their own clone. */
const READING: readonly RegExp[] = [
  /^kubectl (?:get|describe|logs|top|events|version|api-resources|auth (?:whoami|can-i)|config get-contexts|rollout (?:history|status))\b/,
  /^flux (?:get|events|logs|trace|tree|check|stats|version|diff|build)\b/,
  /^talosctl (?:-n \S+ )?(?:version|service|dmesg|get (?:machinestatus|extensions)|logs|memory|mounts|health|etcd (?:status|members|alarm list)|config info)\b/,
  /^helm (?:history|status|list|version)\b/,
  /^git (?:log|show|diff|grep|remote -v|config user\.email)\b/,
  /^(?:grep|cat|jq|tail|head|awk) /,
  /^dig \+short /,
  /^curl -sS -o \/dev\/null -w /,
  /^openssl (?:s_client|x509 -noout)\b/,
  /^kustomize build\b/,
  /^sops (?:--version|filestatus)\b/,
  /^age(?: --version|-keygen -y )/,
  /^xargs -n1 kubectl get /,
  /^sops updatekeys /,
];

/** Whether each part of a command line only reads, writes no file, and shows no content of a Secret. */
export function isReading(command: string): boolean {
  const bare = command
    .replaceAll(/'[^']*'|"[^"]*"/g, 'TEXT')
    .replaceAll(/2?>\s*\/dev\/null|<\s*\/dev\/null/g, '');
  if (/[>;&`]|\$\(/.test(bare)) return false;
  if (/^kubectl\b.* secrets?\b/.test(bare) && !/jsonpath='\{\.metadata\./.test(command)) return false;
  return bare.split('|').every((part) => READING.some((reading) => reading.test(part.trim())));
}
