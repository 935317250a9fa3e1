import { describe, expect, test } from 'vitest';

import { type Forge, pullRequestFor } from '../../src/adapters/forge.ts';

const branches = { branch: 'daytwo/bump-wiki-1a2b', base: 'main' };

describe('where a pull request is opened', () => {
  test.each<[string, string, string]>([
    [
      'https://github.com/sam/home.git',
      'https://github.com/sam/home/compare/main...daytwo/bump-wiki-1a2b?expand=1',
      'gh pr create --repo sam/home --base main --head daytwo/bump-wiki-1a2b',
    ],
    [
      'ssh://github.com/sam/home.git',
      'https://github.com/sam/home/compare/main...daytwo/bump-wiki-1a2b?expand=1',
      'gh pr create --repo sam/home --base main --head daytwo/bump-wiki-1a2b',
    ],
    [
      'ssh://ssh.github.com:443/sam/home.git',
      'https://github.com/sam/home/compare/main...daytwo/bump-wiki-1a2b?expand=1',
      'gh pr create --repo sam/home --base main --head daytwo/bump-wiki-1a2b',
    ],
    [
      'https://gitlab.example.test/group/sub/home',
      'https://gitlab.example.test/group/sub/home/-/merge_requests/new?merge_request%5Bsource_branch%5D=daytwo%2Fbump-wiki-1a2b&merge_request%5Btarget_branch%5D=main',
      'glab mr create --repo https://gitlab.example.test/group/sub/home --source-branch daytwo/bump-wiki-1a2b --target-branch main',
    ],
    [
      'https://codeberg.org/sam/home/',
      'https://codeberg.org/sam/home/compare/main...daytwo/bump-wiki-1a2b',
      'tea pulls create --repo sam/home --base main --head daytwo/bump-wiki-1a2b',
    ],
    [
      'ssh://forgejo.home.arpa:2222/sam/home.git',
      'https://forgejo.home.arpa/sam/home/compare/main...daytwo/bump-wiki-1a2b',
      'tea pulls create --repo sam/home --base main --head daytwo/bump-wiki-1a2b',
    ],
    [
      'https://gitea.home.arpa:3000/sam/home.git',
      'https://gitea.home.arpa:3000/sam/home/compare/main...daytwo/bump-wiki-1a2b',
      'tea pulls create --repo sam/home --base main --head daytwo/bump-wiki-1a2b',
    ],
  ])('%s', (remote, url, command) => {
    const found = pullRequestFor(remote, branches);

    expect(found?.url).toBe(url);
    expect(found?.command).toBe(command);
  });

  test.each([
    'https://git.example.test/sam/home.git',
    'file:///srv/git/home.git',
    'https://notgithub.example/sam/home',
    'https://github.com/home',
    'nonsense',
  ])('%s does not say what it is', (remote) => {
    const found = pullRequestFor(remote, branches);

    expect(found).toBeUndefined();
  });

  test.each<[Forge, string]>([
    ['gitea', 'https://git.example.test/sam/home/compare/main...daytwo/bump-wiki-1a2b'],
    ['github', 'https://git.example.test/sam/home/compare/main...daytwo/bump-wiki-1a2b?expand=1'],
  ])('a host that is said to be %s is', (forge, url) => {
    const found = pullRequestFor('https://git.example.test/sam/home.git', branches, forge);

    expect(found?.url).toBe(url);
  });

  test('an odd base branch stays one word of a shell and one part of a URL', () => {
    const found = pullRequestFor('https://github.com/sam/home', { ...branches, base: "it's;x" });

    expect(found?.url).toContain("/compare/it's%3Bx...daytwo/");
    expect(found?.command).toContain(String.raw`--base 'it'\''s;x' `);
  });
});
