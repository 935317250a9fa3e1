/** A place in a parsed document, and what it must hold after the edit; `gone` when it must be absent. */
export interface Meaning {
  at: readonly (string | number)[];
  value?: unknown;
  gone?: true;
}

/** One file, the edits made to it, and by hand: the lines that go and come, in order, and what the file then means. */
export interface EditCase {
  name: string;
  path?: string;
  text: string;
  edits: readonly Record<string, unknown>[];
  removed: readonly string[];
  added: readonly string[];
  means: readonly Meaning[];
  /** The edit reaches the last line, so that a missing final line end shows in the diff. */
  atEnd?: true;
}

const HELM_RELEASE = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: wiki
  namespace: apps   # same as the Kustomization
spec:
  interval: 15m
  chart:
    spec:
      # renovate: datasource=helm
      chart: app-template
      version: 3.1.0
      sourceRef: {kind: HelmRepository, name: bjw-s, namespace: flux-system}
  values:
    controllers:
      main:
        replicas: 1
        containers:
          app:
            image:
              repository: ghcr.io/example/wiki
              tag: "1.10" # renovate
            env:
              TZ: 'Europe/Berlin'
              WIKI_URL: "https://wiki.\${DOMAIN_0}"
    persistence:
      data:
        enabled: true
        existingClaim: wiki-data
`;

const KUSTOMIZATION = `---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  # the front page
  - homepage/ks.yaml
  - paperless/ks.yaml  # documents
  # - recipes/ks.yaml  # Disabled: nobody cooks
  - wiki/ks.yaml

# patches follow
patches:
  - path: a.yaml
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web, tier: "front" }
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: web
        image: ghcr.io/example/web:1.4.2
        args: ["--port", "8080"]
        env:
        - name: WORKERS
          value: "4"
        - name: DEBUG
          value: "off"
      - image: "busybox:1.36"
        name: sidecar
        # it only waits
        command: [sleep, infinity]
      volumes: []
`;

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: scripts
data:
  # runs at night
  backup.sh: |-
    #!/bin/sh
    set -eu
    restic backup /data
  note: >-
    This text is folded over
    two lines by hand.
  keep: |+
    kept

  plain: one line
    and its continuation
  mode: "0644"
`;

const ANCHORS = `x-defaults: &defaults
  memory: 256Mi   # enough
  cpu: 100m
kind: Values
image:
  tag: &tag v1.2.0
web:
  resources:
    <<: *defaults
    cpu: 200m
  version: *tag
worker:
  version: &worker 2.0.1 # by hand
`;

const CRON = `kind: CronJob
metadata:
  name: drill
spec:
  schedule: "0 3 * * 0"
  suspend: true # until the disk is back
  jobTemplate:
    spec:
      backoffLimit: 2
      nothing:
      empty: {}
      none: []
`;

const DASHBOARD = `{
  "title": "Nodes",
  "tags": ["home", "nodes"],
  "panels": [
    {
      "id": 1,
      "type": "graph"
    }
  ],
  "refresh": "30s",
  "editable": false
}
`;

const set = (at: unknown, value: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  set: { at, value, ...more },
});
const unset = (at: unknown): Record<string, unknown> => ({ unset: { at } });
const replace = (find: string, text: string): Record<string, unknown> => ({ replace: { find, with: text } });

const APP = 'spec.values.controllers.main.containers.app';
const APP_PATH = ['spec', 'values', 'controllers', 'main', 'containers', 'app'];
const CONTAINERS = ['spec', 'template', 'spec', 'containers'];

export const EDIT_CASES: readonly EditCase[] = [
  {
    name: 'a quoted version keeps its quotes and comment',
    text: HELM_RELEASE,
    edits: [set(`${APP}.image.tag`, '1.20')],
    removed: ['              tag: "1.10" # renovate'],
    added: ['              tag: "1.20" # renovate'],
    means: [{ at: [...APP_PATH, 'image', 'tag'], value: '1.20' }],
  },
  {
    name: 'a plain version stays plain',
    text: HELM_RELEASE,
    edits: [set('spec.chart.spec.version', '3.2.0')],
    removed: ['      version: 3.1.0'],
    added: ['      version: 3.2.0'],
    means: [{ at: ['spec', 'chart', 'spec', 'version'], value: '3.2.0' }],
  },
  {
    name: 'a version that reads as a number gets quotes',
    text: HELM_RELEASE,
    edits: [set('spec.chart.spec.version', '3.10')],
    removed: ['      version: 3.1.0'],
    added: ['      version: "3.10"'],
    means: [{ at: ['spec', 'chart', 'spec', 'version'], value: '3.10' }],
  },
  {
    name: 'single quotes stay single, and an apostrophe is doubled',
    text: HELM_RELEASE,
    edits: [set(`${APP}.env.TZ`, "it's here")],
    removed: ["              TZ: 'Europe/Berlin'"],
    added: ["              TZ: 'it''s here'"],
    means: [{ at: [...APP_PATH, 'env', 'TZ'], value: "it's here" }],
  },
  {
    name: 'a value in a flow map',
    text: HELM_RELEASE,
    edits: [set('spec.chart.spec.sourceRef.name', 'home-charts')],
    removed: ['      sourceRef: {kind: HelmRepository, name: bjw-s, namespace: flux-system}'],
    added: ['      sourceRef: {kind: HelmRepository, name: home-charts, namespace: flux-system}'],
    means: [{ at: ['spec', 'chart', 'spec', 'sourceRef', 'name'], value: 'home-charts' }],
  },
  {
    name: 'a new key in a flow map, after the last',
    text: HELM_RELEASE,
    edits: [set('spec.chart.spec.sourceRef.apiVersion', 'v1, beta')],
    removed: ['      sourceRef: {kind: HelmRepository, name: bjw-s, namespace: flux-system}'],
    added: [
      '      sourceRef: {kind: HelmRepository, name: bjw-s, namespace: flux-system, apiVersion: "v1, beta"}',
    ],
    means: [{ at: ['spec', 'chart', 'spec', 'sourceRef', 'apiVersion'], value: 'v1, beta' }],
  },
  {
    name: 'a number stays a number',
    text: HELM_RELEASE,
    edits: [set('/spec/values/controllers/main/replicas', 0)],
    removed: ['        replicas: 1'],
    added: ['        replicas: 0'],
    means: [{ at: ['spec', 'values', 'controllers', 'main', 'replicas'], value: 0 }],
  },
  {
    name: 'a new map below a map, in block style',
    text: HELM_RELEASE,
    edits: [set(`${APP}.resources`, { limits: { memory: '1Gi', cpu: 2 }, claims: ['a', 'b'] })],
    removed: [],
    added: [
      '            resources:',
      '              limits:',
      '                memory: 1Gi',
      '                cpu: 2',
      '              claims:',
      '                - a',
      '                - b',
    ],
    means: [
      { at: [...APP_PATH, 'resources'], value: { limits: { memory: '1Gi', cpu: 2 }, claims: ['a', 'b'] } },
    ],
  },
  {
    name: 'an annotation whose key has dots',
    text: HELM_RELEASE,
    edits: [set('metadata.annotations', { 'reconcile.fluxcd.io/requestedAt': '2026-03-14' })],
    removed: [],
    added: ['  annotations:', '    reconcile.fluxcd.io/requestedAt: "2026-03-14"'],
    means: [{ at: ['metadata', 'annotations'], value: { 'reconcile.fluxcd.io/requestedAt': '2026-03-14' } }],
  },
  {
    name: 'a key goes, its neighbours and their comments stay',
    text: HELM_RELEASE,
    edits: [unset('spec.chart.spec.chart')],
    removed: ['      chart: app-template'],
    added: [],
    means: [{ at: ['spec', 'chart', 'spec', 'chart'], gone: true }],
  },
  {
    name: 'two edits of one file build on each other',
    text: HELM_RELEASE,
    edits: [
      set(`${APP}.env.LOG_LEVEL`, 'debug'),
      set(`${APP}.env.LOG_LEVEL`, 'info'),
      replace('interval: 15m', 'interval: 30m'),
    ],
    removed: ['  interval: 15m'],
    added: ['  interval: 30m', '              LOG_LEVEL: info'],
    means: [
      { at: ['spec', 'interval'], value: '30m' },
      { at: [...APP_PATH, 'env', 'LOG_LEVEL'], value: 'info' },
    ],
  },
  {
    name: 'the last key of a file',
    text: HELM_RELEASE,
    edits: [set('spec.values.persistence.data.size', '10Gi')],
    removed: [],
    added: ['        size: 10Gi'],
    means: [{ at: ['spec', 'values', 'persistence', 'data', 'size'], value: '10Gi' }],
    atEnd: true,
  },
  {
    name: 'a map set as a whole changes only what differs',
    text: HELM_RELEASE,
    edits: [
      set('spec.values.persistence.data', { enabled: false, existingClaim: 'wiki-data', path: '/data' }),
    ],
    removed: ['        enabled: true'],
    added: ['        enabled: false', '        path: /data'],
    means: [
      {
        at: ['spec', 'values', 'persistence', 'data'],
        value: { enabled: false, existingClaim: 'wiki-data', path: '/data' },
      },
    ],
    atEnd: true,
  },
  {
    name: 'a new entry comes after the last, before what is commented below',
    text: KUSTOMIZATION,
    edits: [set('resources[-]', 'jellyfin/ks.yaml')],
    removed: [],
    added: ['  - jellyfin/ks.yaml'],
    means: [{ at: ['resources', 3], value: 'jellyfin/ks.yaml' }],
  },
  {
    name: 'an entry goes with the comment on its line',
    text: KUSTOMIZATION,
    edits: [unset('resources[=paperless/ks.yaml]')],
    removed: ['  - paperless/ks.yaml  # documents'],
    added: [],
    means: [{ at: ['resources', 1], gone: true }],
  },
  {
    name: 'an entry is commented out, with its reason',
    text: KUSTOMIZATION,
    edits: [replace('  - wiki/ks.yaml\n', '  # - wiki/ks.yaml  # Disabled: crash loop since 3.3.0\n')],
    removed: ['  - wiki/ks.yaml'],
    added: ['  # - wiki/ks.yaml  # Disabled: crash loop since 3.3.0'],
    means: [{ at: ['resources', 2], gone: true }],
  },
  {
    name: 'a commented-out entry comes back',
    text: KUSTOMIZATION,
    edits: [replace('# - recipes/ks.yaml  # Disabled: nobody cooks', '- recipes/ks.yaml')],
    removed: ['  # - recipes/ks.yaml  # Disabled: nobody cooks'],
    added: ['  - recipes/ks.yaml'],
    means: [
      {
        at: ['resources'],
        value: ['homepage/ks.yaml', 'paperless/ks.yaml', 'recipes/ks.yaml', 'wiki/ks.yaml'],
      },
    ],
  },
  {
    name: 'a list set as a whole keeps what it shares',
    text: KUSTOMIZATION,
    edits: [set('resources', ['homepage/ks.yaml', 'gatus/ks.yaml', 'paperless/ks.yaml', 'wiki/ks.yaml'])],
    removed: [],
    added: ['  - gatus/ks.yaml'],
    means: [
      {
        at: ['resources'],
        value: ['homepage/ks.yaml', 'gatus/ks.yaml', 'paperless/ks.yaml', 'wiki/ks.yaml'],
      },
    ],
  },
  {
    name: 'the first place of a list',
    text: KUSTOMIZATION,
    edits: [set('resources', ['namespace.yaml', 'homepage/ks.yaml', 'paperless/ks.yaml', 'wiki/ks.yaml'])],
    removed: [],
    added: ['  - namespace.yaml'],
    means: [
      {
        at: ['resources'],
        value: ['namespace.yaml', 'homepage/ks.yaml', 'paperless/ks.yaml', 'wiki/ks.yaml'],
      },
    ],
  },
  {
    name: 'an image of the container with a name',
    text: DEPLOYMENT,
    edits: [set('spec.template.spec.containers[name=web].image', 'ghcr.io/example/web:1.4.3')],
    removed: ['        image: ghcr.io/example/web:1.4.2'],
    added: ['        image: ghcr.io/example/web:1.4.3'],
    means: [{ at: [...CONTAINERS, 0, 'image'], value: 'ghcr.io/example/web:1.4.3' }],
  },
  {
    name: 'the same by steps',
    text: DEPLOYMENT,
    edits: [set([...CONTAINERS, { name: 'sidecar' }, 'image'], 'busybox:1.37')],
    removed: ['      - image: "busybox:1.36"'],
    added: ['      - image: "busybox:1.37"'],
    means: [{ at: [...CONTAINERS, 1, 'image'], value: 'busybox:1.37' }],
  },
  {
    name: 'an environment value stays a string',
    text: DEPLOYMENT,
    edits: [set('spec.template.spec.containers[0].env[name=WORKERS].value', '8')],
    removed: ['          value: "4"'],
    added: ['          value: "8"'],
    means: [{ at: [...CONTAINERS, 0, 'env', 0, 'value'], value: '8' }],
  },
  {
    name: 'a new item in a list that is not indented, quoted like its neighbours',
    text: DEPLOYMENT,
    edits: [set('spec.template.spec.containers[0].env[-]', { name: 'MODE', value: 'on' })],
    removed: [],
    added: ['        - name: MODE', '          value: "on"'],
    means: [{ at: [...CONTAINERS, 0, 'env', 2], value: { name: 'MODE', value: 'on' } }],
  },
  {
    name: 'the first key of an item goes, and the dash stays',
    text: DEPLOYMENT,
    edits: [unset('spec.template.spec.containers[1].image')],
    removed: ['      - image: "busybox:1.36"', '        name: sidecar'],
    added: ['      - name: sidecar'],
    means: [{ at: [...CONTAINERS, 1, 'image'], gone: true }],
  },
  {
    name: 'an item goes, lines and comments of others stay',
    text: DEPLOYMENT,
    edits: [unset('spec.template.spec.containers[0].env[name=WORKERS]')],
    removed: ['        - name: WORKERS', '          value: "4"'],
    added: [],
    means: [{ at: [...CONTAINERS, 0, 'env', 0], gone: true }],
  },
  {
    name: 'a new item in a quoted flow list',
    text: DEPLOYMENT,
    edits: [set('/spec/template/spec/containers/0/args/-', '--verbose')],
    removed: ['        args: ["--port", "8080"]'],
    added: ['        args: ["--port", "8080", "--verbose"]'],
    means: [{ at: [...CONTAINERS, 0, 'args', 2], value: '--verbose' }],
  },
  {
    name: 'an item of a flow list goes with its comma',
    text: DEPLOYMENT,
    edits: [unset('spec.template.spec.containers[1].command[1]')],
    removed: ['        command: [sleep, infinity]'],
    added: ['        command: [sleep]'],
    means: [{ at: [...CONTAINERS, 1, 'command', 1], gone: true }],
  },
  {
    name: 'a key of a padded flow map goes',
    text: DEPLOYMENT,
    edits: [unset('metadata.labels.app')],
    removed: ['  labels: { app: web, tier: "front" }'],
    added: ['  labels: { tier: "front" }'],
    means: [{ at: ['metadata', 'labels', 'app'], gone: true }],
  },
  {
    name: 'an empty list in brackets becomes lines',
    text: DEPLOYMENT,
    edits: [set('spec.template.spec.volumes[-]', { name: 'tmp', emptyDir: {} })],
    removed: ['      volumes: []'],
    added: ['      volumes:', '      - name: tmp', '        emptyDir: {}'],
    means: [{ at: ['spec', 'template', 'spec', 'volumes'], value: [{ name: 'tmp', emptyDir: {} }] }],
    atEnd: true,
  },
  {
    name: 'lines of a literal block',
    text: CONFIG_MAP,
    edits: [set('data["backup.sh"]', '#!/bin/sh\nset -eu\nrestic backup /data /media\n\nrestic forget')],
    removed: ['    restic backup /data'],
    added: ['    restic backup /data /media', '', '    restic forget'],
    means: [
      { at: ['data', 'backup.sh'], value: '#!/bin/sh\nset -eu\nrestic backup /data /media\n\nrestic forget' },
    ],
  },
  {
    name: 'a literal block that ends in a line end then',
    text: CONFIG_MAP,
    edits: [set('data["backup.sh"]', '#!/bin/sh\nset -eu\nrestic backup /data\n')],
    removed: ['  backup.sh: |-'],
    added: ['  backup.sh: |'],
    means: [{ at: ['data', 'backup.sh'], value: '#!/bin/sh\nset -eu\nrestic backup /data\n' }],
  },
  {
    name: 'a folded block stays folded',
    text: CONFIG_MAP,
    edits: [set('data.note', 'This text is folded over two lines by me.')],
    removed: ['    two lines by hand.'],
    added: ['    two lines by me.'],
    means: [{ at: ['data', 'note'], value: 'This text is folded over two lines by me.' }],
  },
  {
    name: 'a text over two lines becomes one',
    text: CONFIG_MAP,
    edits: [set('data.plain', 'one line: and # more')],
    removed: ['  plain: one line', '    and its continuation'],
    added: ['  plain: "one line: and # more"'],
    means: [{ at: ['data', 'plain'], value: 'one line: and # more' }],
  },
  {
    name: 'one line becomes a block',
    text: CONFIG_MAP,
    edits: [set('data.mode', 'a\nb\n')],
    removed: ['  mode: "0644"'],
    added: ['  mode: |', '    a', '    b'],
    means: [{ at: ['data', 'mode'], value: 'a\nb\n' }],
    atEnd: true,
  },
  {
    name: 'a block becomes one line',
    text: CONFIG_MAP,
    edits: [unset('data.keep'), set('data.note', 'short')],
    removed: ['    This text is folded over', '    two lines by hand.', '  keep: |+', '    kept', ''],
    added: ['    short'],
    means: [
      { at: ['data', 'keep'], gone: true },
      { at: ['data', 'note'], value: 'short' },
    ],
  },
  {
    name: 'an anchor nobody uses stays with its value',
    text: ANCHORS,
    edits: [set('worker.version', '2.0.2')],
    removed: ['  version: &worker 2.0.1 # by hand'],
    added: ['  version: &worker 2.0.2 # by hand'],
    means: [{ at: ['worker', 'version'], value: '2.0.2' }],
    atEnd: true,
  },
  {
    name: 'an own key beside a merge',
    text: ANCHORS,
    edits: [set('web.resources.cpu', '500m')],
    removed: ['    cpu: 200m'],
    added: ['    cpu: 500m'],
    means: [{ at: ['web', 'resources', 'cpu'], value: '500m' }],
  },
  {
    name: 'a key that no merge brings, beside a merge',
    text: ANCHORS,
    edits: [set('web.resources.ephemeral', '1Gi')],
    removed: [],
    added: ['    ephemeral: 1Gi'],
    means: [{ at: ['web', 'resources', 'ephemeral'], value: '1Gi' }],
  },
  {
    name: 'an anchor in use changes by its exact text, for all',
    text: ANCHORS,
    edits: [replace('&tag v1.2.0', '&tag v1.2.1')],
    removed: ['  tag: &tag v1.2.0'],
    added: ['  tag: &tag v1.2.1'],
    means: [
      { at: ['image', 'tag'], value: 'v1.2.1' },
      { at: ['web', 'version'], value: 'v1.2.1' },
    ],
  },
  {
    name: 'a switch',
    text: CRON,
    edits: [set('spec.suspend', false)],
    removed: ['  suspend: true # until the disk is back'],
    added: ['  suspend: false # until the disk is back'],
    means: [{ at: ['spec', 'suspend'], value: false }],
  },
  {
    name: 'a schedule',
    text: CRON,
    edits: [set('spec.schedule', '30 2 * * *')],
    removed: ['  schedule: "0 3 * * 0"'],
    added: ['  schedule: "30 2 * * *"'],
    means: [{ at: ['spec', 'schedule'], value: '30 2 * * *' }],
  },
  {
    name: 'a key without value gets one',
    text: CRON,
    edits: [set('spec.jobTemplate.spec.nothing', '*.example.test')],
    removed: ['      nothing:'],
    added: ['      nothing: "*.example.test"'],
    means: [{ at: ['spec', 'jobTemplate', 'spec', 'nothing'], value: '*.example.test' }],
  },
  {
    name: 'a key without value gets a list',
    text: CRON,
    edits: [set('spec.jobTemplate.spec.nothing[-]', 'yes')],
    removed: [],
    added: ['        - "yes"'],
    means: [{ at: ['spec', 'jobTemplate', 'spec', 'nothing'], value: ['yes'] }],
  },
  {
    name: 'an empty map gets a key',
    text: CRON,
    edits: [set('spec.jobTemplate.spec.empty.key', 'v')],
    removed: ['      empty: {}'],
    added: ['      empty:', '        key: v'],
    means: [{ at: ['spec', 'jobTemplate', 'spec', 'empty'], value: { key: 'v' } }],
  },
  {
    name: 'the only key of a map leaves an empty one',
    text: CRON,
    edits: [unset('metadata.name')],
    removed: ['metadata:', '  name: drill'],
    added: ['metadata: {}'],
    means: [{ at: ['metadata'], value: {} }],
  },
  {
    name: 'a map in the place of a word, with the comment beside it',
    text: CRON,
    edits: [set('spec.suspend', { until: '2026-05-01' })],
    removed: ['  suspend: true # until the disk is back'],
    added: ['  suspend: # until the disk is back', '    until: "2026-05-01"'],
    means: [{ at: ['spec', 'suspend'], value: { until: '2026-05-01' } }],
  },
  {
    name: 'a word in the place of a map',
    text: CRON,
    edits: [set('metadata', 'none yet')],
    removed: ['metadata:', '  name: drill'],
    added: ['metadata: none yet'],
    means: [{ at: ['metadata'], value: 'none yet' }],
  },
  {
    name: 'texts that YAML 1.1 would take for something else',
    text: CRON,
    edits: [
      set('spec.labels', {
        a: 'yes',
        b: '010',
        c: '1:30',
        d: '1e3',
        e: '~',
        f: '0x1F',
        g: 'n',
        h: '',
        on: '.5',
        i: '=',
        j: '1_000',
      }),
    ],
    removed: [],
    added: [
      '  labels:',
      '    a: "yes"',
      '    b: "010"',
      '    c: "1:30"',
      '    d: "1e3"',
      '    e: "~"',
      '    f: "0x1F"',
      '    g: "n"',
      '    h: ""',
      '    "on": ".5"',
      '    i: "="',
      '    j: "1_000"',
    ],
    means: [
      {
        at: ['spec', 'labels'],
        value: {
          a: 'yes',
          b: '010',
          c: '1:30',
          d: '1e3',
          e: '~',
          f: '0x1F',
          g: 'n',
          h: '',
          on: '.5',
          i: '=',
          j: '1_000',
        },
      },
    ],
    atEnd: true,
  },
  {
    name: 'what YAML 1.1 takes for a switch becomes the text it should be',
    text: 'env:\n  - name: DEBUG\n    value: yes\n  - name: MODE\n    value: 0644\nend: x\n',
    edits: [set('env[name=DEBUG].value', 'yes'), set('env[name=MODE].value', 644)],
    removed: ['    value: yes', '    value: 0644'],
    added: ['    value: "yes"', '    value: 644'],
    means: [
      { at: ['env', 0, 'value'], value: 'yes' },
      { at: ['env', 1, 'value'], value: 644 },
    ],
  },
  {
    name: 'what YAML 1.1 takes for a switch can be one',
    text: 'spec:\n  suspend: yes\n  prune: true\n',
    edits: [set('spec.suspend', false)],
    removed: ['  suspend: yes'],
    added: ['  suspend: false'],
    means: [{ at: ['spec', 'suspend'], value: false }],
  },
  {
    name: 'a map set as a whole leaves ambiguous texts in it alone',
    text: 'volume:\n  defaultMode: 0775\n  name: a\nend: x\n',
    edits: [set('volume', { defaultMode: 775, name: 'b' })],
    removed: ['  name: a'],
    added: ['  name: b'],
    means: [{ at: ['volume', 'name'], value: 'b' }],
  },
  {
    name: 'a long text stays on its line',
    text: `kind: Note\ntext: ${'word '.repeat(60)}end\nafter: 1\n`,
    edits: [set('text', `${'other '.repeat(60)}end`)],
    removed: [`text: ${'word '.repeat(60)}end`],
    added: [`text: ${'other '.repeat(60)}end`],
    means: [{ at: ['text'], value: `${'other '.repeat(60)}end` }],
  },
  {
    name: 'tabs in texts stay where they are',
    text: 'kind: X\nmake: |\n  all:\n  \tgo build\t./...\nquoted: "a\\tb"\nplain: a\tb\nport: 80\n',
    edits: [set('port', 81)],
    removed: ['port: 80'],
    added: ['port: 81'],
    means: [{ at: ['port'], value: 81 }],
    atEnd: true,
  },
  {
    name: 'wide gaps after dashes',
    text: 'list:\n-   name: a\n    value: 1\n-   name: b\n    value: 2\nend: true\n',
    edits: [set('list[-]', { name: 'c', value: 3 })],
    removed: [],
    added: ['-   name: c', '    value: 3'],
    means: [{ at: ['list', 2], value: { name: 'c', value: 3 } }],
  },
  {
    name: 'four spaces, as the file has them',
    text: 'spec:\n    values:\n        a: 1\n    other: x\n',
    edits: [set('spec.values.b', { c: { d: 'e' } })],
    removed: [],
    added: ['        b:', '            c:', '                d: e'],
    means: [{ at: ['spec', 'values', 'b'], value: { c: { d: 'e' } } }],
  },
  {
    name: 'lists in lists',
    text: 'matrix:\n  - - a\n    - b\n  - - c\nend: true\n',
    edits: [set('matrix[0][1]', 'z'), set('matrix[1][-]', 'd')],
    removed: ['    - b'],
    added: ['    - z', '    - d'],
    means: [
      {
        at: ['matrix'],
        value: [
          ['a', 'z'],
          ['c', 'd'],
        ],
      },
    ],
  },
  {
    name: 'comments at every place stay',
    text: '# head\n\na: # of a\n  # first\n  b: 1 # of b\n\n  # between\n  c: 2\n  # last\n# foot\nd: 3 # of d\n',
    edits: [set('a.c', 4), set('a.e', 5)],
    removed: ['  c: 2'],
    added: ['  c: 4', '  e: 5'],
    means: [{ at: ['a'], value: { b: 1, c: 4, e: 5 } }],
  },
  {
    name: 'a flow map over several lines',
    text: 'a: {\n  x: 1,\n  w: [1, 2]\n  }\nb: 2\n',
    edits: [set('a.z', 'new'), set('a.x', 9)],
    removed: ['  x: 1,', '  w: [1, 2]'],
    added: ['  x: 9,', '  w: [1, 2],', '  z: new'],
    means: [{ at: ['a'], value: { x: 9, w: [1, 2], z: 'new' } }],
  },
  {
    name: 'a directive and document ends',
    text: '%YAML 1.2\n---\na: 1\nb: x\n...\n',
    edits: [set('c', 'w'), set('b', 'z')],
    removed: ['b: x'],
    added: ['b: z', 'c: w'],
    means: [{ at: [], value: { a: 1, b: 'z', c: 'w' } }],
  },
  {
    name: 'quoted keys',
    text: '"a.b": 1\n"c d": "x"\n\'e\': 2\nf: 3\n',
    edits: [set(['c d'], 'y'), set('"a.b"', 5), unset(['e'])],
    removed: ['"a.b": 1', '"c d": "x"', "'e': 2"],
    added: ['"a.b": 5', '"c d": "y"'],
    means: [{ at: [], value: { 'a.b': 5, 'c d': 'y', f: 3 } }],
  },
  {
    name: 'a value in JSON',
    path: 'clusters/main/grafana/nodes.json',
    text: DASHBOARD,
    edits: [set('refresh', '1m'), set('editable', true)],
    removed: ['  "refresh": "30s",', '  "editable": false'],
    added: ['  "refresh": "1m",', '  "editable": true'],
    means: [
      { at: ['refresh'], value: '1m' },
      { at: ['editable'], value: true },
    ],
  },
  {
    name: 'new things in JSON',
    path: 'clusters/main/grafana/nodes.json',
    text: DASHBOARD,
    edits: [set('panels[-]', { id: 2, type: 'stat' }), set('tags[-]', 'disk'), set('uid', 'n/1')],
    removed: ['  "tags": ["home", "nodes"],', '  "editable": false'],
    added: [
      '  "tags": ["home", "nodes", "disk"],',
      '    },',
      '    {',
      '      "id": 2,',
      '      "type": "stat"',
      '  "editable": false,',
      '  "uid": "n/1"',
    ],
    means: [
      { at: ['panels', 1], value: { id: 2, type: 'stat' } },
      { at: ['tags', 2], value: 'disk' },
      { at: ['uid'], value: 'n/1' },
    ],
  },
  {
    name: 'JSON indented by tabs',
    path: 'clusters/main/a.json',
    text: '{\n\t"a": {\n\t\t"b": 1\n\t},\n\t"c": null\n}\n',
    edits: [set('a.d', [1, { e: 2 }]), unset('c')],
    removed: ['\t\t"b": 1', '\t},', '\t"c": null'],
    added: ['\t\t"b": 1,', '\t\t"d": [', '\t\t\t1,', '\t\t\t{', '\t\t\t\t"e": 2', '\t\t\t}', '\t\t]', '\t}'],
    means: [
      { at: ['a', 'd'], value: [1, { e: 2 }] },
      { at: ['c'], gone: true },
    ],
  },
];
