/** Writes what follows from the tool files: the catalog, the names in it, and the README's tool table. `--check` only compares. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const toolNames = readdirSync(join(root, 'tools'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

const outputs = [
  { file: 'src/catalog.ts', content: catalog() },
  { file: 'src/tool-names.ts', content: names() },
  { file: 'README.md', content: await readme() },
];
const stale = outputs.filter(({ file, content }) => read(file) !== content);

if (process.argv.includes('--check')) {
  for (const { file } of stale) console.error(`${file} is out of date: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { file, content } of stale) writeFileSync(join(root, file), content);
}

function catalog(): string {
  const imports = toolNames.map((name) => `import ${variable(name)} from '../tools/${name}.ts';`);
  return `// Generated from the files in tools/ by \`npm run generate\`.
${imports.join('\n')}
import type { Tool } from './tool.ts';

/** Every tool, by name; a name that differs from its file's refuses to start. */
export const CATALOG: Readonly<Record<string, Tool>> = {
${toolNames.map((name) => `  ${name}: ${variable(name)},`).join('\n')}
};
`;
}

function names(): string {
  return `// Generated from the files in tools/ by \`npm run generate\`.

/** The names of every tool in the catalog: known before any of them is loaded. */
export const TOOL_NAMES: readonly string[] = [
${toolNames.map((name) => `  '${name}',`).join('\n')}
];
`;
}

async function readme(): Promise<string> {
  const rows = [];
  for (const name of toolNames) {
    const { default: tool } = (await import(`../tools/${name}.ts`)) as {
      default: { policy: string; description: string };
    };
    rows.push(`| \`${name}\` | ${tool.policy} | ${tool.description.split(/(?<=\.)\s/)[0]} |`);
  }
  const table = ['| tool | class | when |', '|---|---|---|', ...rows].join('\n');
  return read('README.md').replace(
    /(<!-- tools -->\n)[\s\S]*?(\n<!-- \/tools -->)/,
    (_match, start: string, end: string) => `${start}${table}${end}`,
  );
}

function variable(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function read(file: string): string {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return '';
  }
}
