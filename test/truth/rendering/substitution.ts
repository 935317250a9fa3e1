import { type RenderingCase, configMap, deployment, kustomization, source } from './case.ts';

/** One ConfigMap under these variables. */
function inline(
  name: string,
  data: Readonly<Record<string, string>>,
  substitute: Readonly<Record<string, string>>,
  more: Partial<RenderingCase> = {},
): RenderingCase {
  return { name, files: { 'a.yaml': configMap('a', data) }, spec: { postBuild: { substitute } }, ...more };
}

const FROM = [
  { kind: 'ConfigMap', name: 'first' },
  { kind: 'Secret', name: 'second' },
  { kind: 'ConfigMap', name: 'third', optional: true },
];

/** Variables: where they come from, what may be done with them, and what fails. */
export const SUBSTITUTION: readonly RenderingCase[] = [
  inline(
    'defaults, also empty ones and ones in defaults',
    {
      set: '${A}',
      unset: '${B:=b}',
      empty: '"x${C:-}y"',
      nested: '${B:=${A}}',
      assigned: '${B=other}',
      twice: '${A}-${A}',
    },
    { A: 'value' },
  ),
  inline(
    'functions on strings',
    {
      length: 'x${#WORD}',
      lower: '${WORD,,}',
      upper: '${WORD^^}',
      first: '${WORD^}',
      from: '${WORD:2}',
      part: '${WORD:1:3}',
      prefix: '${PATH_LIKE#*.}',
      longest: '${PATH_LIKE##*.}',
      suffix: '${PATH_LIKE%.*}',
      shortest: '${PATH_LIKE%%.*}',
      replaced: '${WORD/l/L}',
      all: '${WORD//l/L}',
    },
    { WORD: 'hello', PATH_LIKE: 'a.b.c' },
  ),
  inline(
    'dollars that are no variables',
    {
      escaped: '$${A}',
      bare: '$A and $$A',
      shell: '$(A) $1 $? cost $5',
      regex: "'^a.*b$'",
      both: '$${A} ${A}',
    },
    { A: 'value' },
  ),
  inline(
    'undefined in strict mode',
    { a: '${UNDEFINED}' },
    { A: 'value' },
    { fails: /variable not set \(strict mode\): "UNDEFINED"|UNDEFINED/ },
  ),
  inline('a name that is no name', { a: '${A}' }, { A: 'b', 'not-a-name': 'c' }, { fails: /not-a-name/ }),
  inline(
    'an expression that never ends',
    { a: '"${A"' },
    { A: 'b' },
    { fails: /post build failed|missing|parse|bad/i },
  ),
  inline(
    'an expression that is empty',
    { a: '"${}"' },
    { A: 'b' },
    { fails: /post build failed|parse|bad/i },
  ),
  inline('a dash without its colon', { a: '${A-b}' }, { A: 'b' }, { fails: /post build failed|parse|bad/i }),
  inline(
    'values that are YAML themselves',
    { number: '"${NUMBER}"', text: '${TEXT}', list: '"${LIST}"' },
    { NUMBER: '42', TEXT: 'plain text', LIST: '[a, b]' },
    { refused: /expected string/ },
  ),
  {
    name: 'a number or a boolean without quotes becomes one',
    files: {
      'a.yaml': deployment('web', [
        'ports: [{containerPort: 80}]',
        'stdin: ${ON}',
        'livenessProbe: {periodSeconds: "${PERIOD}", tcpSocket: {port: "${PORT}"}}',
      ]).replace('replicas: 1', 'replicas: ${COUNT}'),
    },
    spec: { postBuild: { substitute: { COUNT: '3', ON: 'true', PERIOD: '12', PORT: '8080' } } },
  },
  {
    name: 'a value that turns text into another type',
    files: { 'a.yaml': configMap('a', { on: '${ON}', number: '${NUMBER}' }) },
    spec: { postBuild: { substitute: { ON: 'true', NUMBER: '0777' } } },
    refused: /expected string/,
  },
  inline(
    'words that YAML 1.1 would read otherwise',
    { yes: '${YES}', on: '${ON}', date: '${DATE}', version: 'v${VERSION}' },
    { YES: 'yes', ON: 'on', DATE: '2026-01-02', VERSION: '1.10' },
    { refused: /expected string/ },
  ),
  inline('a value that breaks the document', { a: '${A}' }, { A: 'x: y: z' }, { fails: /yaml|mapping/i }),
  inline(
    'newlines are taken out of values',
    { a: '${A}', b: '"${B}"' },
    { A: 'one\ntwo\n', B: 'long line\n' },
  ),
  {
    name: 'no variables at all leaves everything as it is',
    files: { 'a.yaml': configMap('a', { a: '${A}', b: '${B:=c}', c: '$${D}' }) },
    spec: { postBuild: {} },
  },
  {
    name: 'no variables, and substituted all the same',
    files: { 'a.yaml': configMap('a', { b: '${B:=c}', c: '$${D}' }) },
    spec: { postBuild: { substituteStrategy: 'Always' } },
  },
  {
    name: 'without postBuild nothing is substituted',
    files: { 'a.yaml': configMap('a', { a: '${A}', b: '${B:=c}', c: '$${D}' }) },
  },
  {
    name: 'sources in their order, then the inline ones',
    files: {
      'a.yaml': configMap('a', {
        one: '${ONE}',
        two: '${TWO}',
        three: '${THREE}',
        four: '${FOUR}',
        five: '"${FIVE}"',
      }),
    },
    live: [
      source('ConfigMap', 'first', {
        ONE: 'first',
        TWO: 'first',
        THREE: 'first',
        FOUR: 'first',
        FIVE: 'a\nb\n',
      }),
      source('Secret', 'second', { TWO: 'second', THREE: 'second', FOUR: 'second' }),
      source('ConfigMap', 'third', { THREE: 'third', FOUR: 'third' }),
    ],
    spec: { postBuild: { substituteFrom: FROM, substitute: { FOUR: 'inline' } } },
  },
  {
    name: 'a source that is missing and may be',
    files: { 'a.yaml': configMap('a', { one: '${ONE}', three: '${THREE:=none}' }) },
    live: [source('ConfigMap', 'first', { ONE: 'first' }), source('Secret', 'second', { TWO: '2' })],
    spec: { postBuild: { substituteFrom: FROM } },
  },
  {
    name: 'a source that is missing',
    files: { 'a.yaml': configMap('a', { one: '${ONE}' }) },
    spec: { postBuild: { substituteFrom: FROM } },
    fails: /first/,
  },
  {
    name: 'a source with a key that is no name',
    files: { 'a.yaml': configMap('a', { one: '${ONE}' }) },
    live: [source('ConfigMap', 'first', { ONE: '1', 'a.b': '2' }), source('Secret', 'second', { TWO: '2' })],
    spec: { postBuild: { substituteFrom: FROM } },
    fails: /a\.b/,
  },
  {
    name: 'objects that opt out, by annotation or label',
    files: {
      'a.yaml': configMap('a', { a: '${A}' }),
      'b.yaml': configMap(
        'b',
        { a: '${A}' },
        '  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n',
      ),
      'c.yaml': configMap(
        'c',
        { a: '${A}' },
        '  labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n',
      ),
      'd.yaml': configMap(
        'd',
        { a: '${A}' },
        '  labels: {kustomize.toolkit.fluxcd.io/substitute: enabled}\n',
      ),
    },
    spec: { postBuild: { substitute: { A: 'value' } } },
  },
  {
    name: 'variables in names, labels, keys and comments',
    files: {
      'a.yaml': `# \${COMMENT}\n${configMap('app-${A}', { '${A}_key': 'x' }, '  labels: {"${A}": "${A}"}\n')}`,
    },
    spec: { postBuild: { substitute: { A: 'value' } } },
  },
  {
    name: 'variables in a List and in what is generated',
    files: {
      'kustomization.yaml': kustomization(
        'namespace: "@NS"',
        'resources: [list.yaml]',
        'configMapGenerator: [{name: made, literals: ["a=${A}"]}]',
        'secretGenerator: [{name: hidden, literals: ["a=${A}"]}]',
      ),
      'list.yaml':
        'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: listed}, data: {a: "${A}"}}]\n',
    },
    spec: { postBuild: { substitute: { A: 'value' } } },
  },
  {
    name: 'variables in patches of the spec and in images',
    files: { 'web.yaml': deployment('web') },
    spec: {
      patches: [
        {
          target: { kind: 'Deployment' },
          patch: '- {op: add, path: /metadata/annotations, value: {a: "${A}"}}',
        },
      ],
      images: [{ name: 'registry.test/web', newTag: '${A}' }],
      postBuild: { substitute: { A: 'v9.9' } },
    },
  },
];
