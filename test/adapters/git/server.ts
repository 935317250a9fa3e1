import { open, signal } from './opened.ts';

// A process that uses a repository as a server does, to be run beside others or killed: server.ts WHAT REPOSITORY CACHE [BRANCH].
const [what, repository = '', cacheDir = '', branch = ''] = process.argv.slice(2);
const opened = await open({
  repository,
  cacheDir,
  base: 'main',
  fetchEvery: 15_000,
  author: { name: 'daytwo', email: 'daytwo@example.test' },
});
const { commit } = await opened.reader.head(signal);
if (what === 'propose') {
  const files = [{ path: `${branch.replace('/', '-')}.md`, content: Buffer.from(`${branch}\n`), was: null }];
  const prepared = await opened.writer.prepare({ base: commit.sha, files }, signal);
  process.stdout.write(`${prepared.tree}\n`);
  const pushed = await opened.writer.push(prepared, branch, `Add ${branch}\n`, signal);
  process.stdout.write(`${pushed.commit}\n`);
} else {
  const files = await opened.reader.list(commit.sha, '', signal);
  process.stdout.write(`${commit.sha} ${files.length}\n`);
}
opened.close();
process.exit();
