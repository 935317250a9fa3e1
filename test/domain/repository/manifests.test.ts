import { describe, expect, test } from 'vitest';

import { scanManifests } from '#domain/repository/manifests.ts';

describe('a scan', () => {
  test('finds every document with its line, name, namespace and images', () => {
    const text = `# yaml-language-server: $schema=x
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: &app wiki
  namespace: "apps"
  labels: {name: not-this}
spec:
  values:
    controllers:
      wiki:
        containers:
          app:
            image:
              repository: ghcr.io/example/wiki
              tag: 3.3.0@sha256:abc   # renovate
    sidecarImage: busybox:1.36
    image: {registry: docker.io, repository: library/redis, tag: "7"}
---

# the second one
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  template:
    spec:
      containers:
      - image: 'ghcr.io/example/web:1'
        name: web
      - name: again
        image: ghcr.io/example/web:1
---
kind: Kustomization
resources:
- https://example.test/x.yaml
- a.yaml
images:
- name: ghcr.io/a/b
  newTag: v1.2.3
---
# nothing but a comment
`;

    expect(scanManifests(text)).toEqual({
      manifests: [
        {
          kind: 'HelmRelease',
          apiVersion: 'helm.toolkit.fluxcd.io/v2',
          name: 'wiki',
          namespace: 'apps',
          images: expect.arrayContaining([
            'ghcr.io/example/wiki:3.3.0@sha256:abc',
            'busybox:1.36',
            'docker.io/library/redis:7',
          ]),
          line: 3,
        },
        {
          kind: 'Deployment',
          apiVersion: 'apps/v1',
          name: 'web',
          namespace: 'default',
          images: ['ghcr.io/example/web:1'],
          line: 23,
        },
        {
          kind: 'Kustomization',
          apiVersion: '',
          name: undefined,
          namespace: undefined,
          images: ['ghcr.io/a/b:v1.2.3'],
          line: 35,
        },
      ],
      problems: [],
    });
  });

  test('looks into no block of text, whatever it looks like', () => {
    const text = `kind: ConfigMap
metadata:
  name: files
data:
  a.yaml: |
    kind: Deployment
    metadata:
      name: other
    image: not/this:1
  b.txt: >-
    image: nor/this:1
binaryData: {}
`;

    const { manifests, problems } = scanManifests(text);

    expect(problems).toEqual([]);
    expect(manifests).toMatchObject([{ kind: 'ConfigMap', name: 'files', images: [], line: 1 }]);
  });

  test.each([
    ['CRLF', 'kind: A\r\nmetadata:\r\n  name: b\r\n'],
    ['a byte order mark', '\uFEFFkind: A\nmetadata:\n  name: b\n'],
    ['no final line end', 'kind: A\nmetadata:\n  name: b'],
    ['quotes', '"kind": "A"\n\'metadata\':\n  "name": \'b\'\n'],
    ['tags and anchors', 'kind: !!str A\nmetadata: &m\n  name: !custom b\n'],
    ['JSON', '{"kind": "A", "metadata": {"name": "b"}}'],
    ['JSON over lines', '{\n  "kind": "A",\n  "metadata": {\n    "name": "b"\n  }\n}\n'],
    ['a list of lists', 'kind: A\nmatrix:\n- - a: 1\n    b: 2\n  - c\n-\n  d: 1\nmetadata:\n  name: b\n'],
    ['texts over lines', 'kind: A\ntext: "one\n  two: three"\nplain: one\n  two\nmetadata:\n  name: b\n'],
    ['flow over lines', 'kind: A\nargs: [\n  "a",\n  b\n  ]\nmetadata:\n  name: b\n'],
    ['a merge', 'x: &x {a: 1}\ny:\n  <<: *x\nkind: A\nmetadata:\n  name: b\n'],
    ['colons in values', 'kind: A\nurl: https://a:1/b\ntime: 10:30\nimage: a/b:1\nmetadata:\n  name: b\n'],
  ])('reads %s without complaint', (_, text) => {
    const { manifests, problems } = scanManifests(text);

    expect(problems).toEqual([]);
    expect(manifests).toMatchObject([{ kind: 'A', name: 'b' }]);
  });

  test.each([
    ['a template', 'kind: A\nmetadata:\n  name: b\nspec:\n  {{- if .x }}\n  a: {{ .y }}\n  {{- end }}\n', 5],
    ['a wrong indentation', 'kind: A\nmetadata:\n  name: b\n   namespace: c\n', 3],
    ['a key below a value', 'kind: A\nmetadata:\n  name: b\n  x: y\n    z: 1\n', 4],
    ['a key twice', 'kind: A\nmetadata:\n  name: b\n  name: c\n', 4],
    ['an open quote', 'kind: A\nmetadata:\n  name: b\n  x: "open\n', 5],
    ['an open bracket', 'kind: A\nmetadata:\n  name: b\nx: [a, b\ny: 1\n', 5],
    ['a tab', 'kind: A\nmetadata:\n  name: b\n\tx: 1\n', 4],
    ['an alias without anchor', 'kind: A\nmetadata:\n  name: b\nx: *nowhere\n', 1],
    ['a colon too many', 'kind: A\nmetadata:\n  name: b\nx: a: b\n', 4],
  ])('names the line of %s, and still finds what is there', (_, text, line) => {
    const { manifests, problems } = scanManifests(`kind: First\nmetadata:\n  name: ok\n---\n${text}`);

    expect(manifests).toMatchObject([{ kind: 'First' }, { kind: 'A', name: 'b' }]);
    expect(problems).toEqual([{ line: line + 4, message: expect.any(String) }]);
  });

  test('takes a list apart', () => {
    const text =
      '{"kind": "List", "items": [{"kind": "A", "metadata": {"name": "b"}, "spec": {"image": "c/d:1"}}]}';

    expect(scanManifests(text).manifests).toMatchObject([
      { kind: 'List' },
      { kind: 'A', name: 'b', images: ['c/d:1'] },
    ]);
  });

  test('is linear in its input', () => {
    const started = performance.now();

    for (const probe of [
      '\n',
      ' \n',
      '---\n',
      '- ',
      'a: ',
      '"',
      'a:\n',
      '{',
      '  - a: &b [',
      '{{',
      '!',
      '&a ',
      "'",
    ])
      scanManifests(probe.repeat(20_000));

    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
