import { expect, test } from 'vitest';

import { API_GROUPS } from '../../src/domain/api-groups.ts';
import { type GuardOptions, judgeRequest } from '../../src/adapters/kubernetes/guard.ts';

const SERVER = 'https://10.0.0.1:6443';
const PLAIN: GuardOptions = { server: SERVER, logs: false, extraGroups: [] };
const OPEN: GuardOptions = {
  server: SERVER,
  logs: true,
  extraGroups: [
    'metrics.k8s.io',
    'authentication.k8s.io',
    'subresources.kubevirt.io',
    'bitnami.com',
    '',
    'apps',
  ],
};

test.each([
  '/version',
  '/api',
  '/apis',
  '/api/v1',
  '/apis/apps',
  '/apis/apps/v1',
  '/apis/metrics.k8s.io/v1beta1',
  '/readyz',
  '/livez',
  '/readyz/etcd',
  '/openapi/v3',
  '/openapi/v3/apis/apps/v1?hash=0A1B',
  '/openapi/v3/api/v1',
  '/api/v1/pods',
  '/api/v1/pods?limit=500&continue=eyJ2IjoibWV0YSJ9',
  '/api/v1/pods?watch=true&resourceVersion=1&allowWatchBookmarks=true',
  '/api/v1/namespaces',
  '/api/v1/namespaces/default',
  '/api/v1/namespaces/default/status',
  '/api/v1/namespaces/status',
  '/api/v1/namespaces/default/pods',
  '/api/v1/namespaces/default/pods/web-0',
  '/api/v1/namespaces/default/pods/web-0/status',
  '/api/v1/namespaces/status/pods',
  '/api/v1/nodes/node-1',
  '/api/v1/namespaces/default/serviceaccounts/default',
  '/apis/apps/v1/namespaces/default/deployments/web',
  '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node',
])('reads %s', (path) => {
  const judgement = judgeRequest('GET', `${SERVER}${path}`, PLAIN);

  expect(judgement).toMatchObject({ allowed: true });
});

test.each([
  ['Secrets', '/api/v1/secrets'],
  ['a Secret', '/api/v1/namespaces/default/secrets/token'],
  ['Secrets by watch', '/api/v1/secrets?watch=true'],
  ['Secrets by the old watch path', '/api/v1/watch/secrets'],
  ['pods by the old watch path', '/api/v1/watch/pods'],
  ['exec', '/api/v1/namespaces/default/pods/web-0/exec?command=id'],
  ['attach', '/api/v1/namespaces/default/pods/web-0/attach'],
  ['portforward', '/api/v1/namespaces/default/pods/web-0/portforward'],
  ['a pod proxy', '/api/v1/namespaces/default/pods/web-0/proxy'],
  ['a path through a pod proxy', '/api/v1/namespaces/default/pods/web-0/proxy/status'],
  ['a service proxy', '/api/v1/namespaces/default/services/web/proxy/metrics'],
  ['a node proxy', '/api/v1/nodes/node-1/proxy/run/default/web/main'],
  ['the old proxy path', '/api/v1/proxy/nodes/node-1'],
  ['a token', '/api/v1/namespaces/default/serviceaccounts/default/token'],
  ['a scale', '/apis/apps/v1/namespaces/default/deployments/web/scale'],
  ['ephemeral containers', '/api/v1/namespaces/default/pods/web-0/ephemeralcontainers'],
  ['a namespace finalizer', '/api/v1/namespaces/default/finalize'],
  ['something below a status', '/api/v1/namespaces/default/pods/web-0/status/x'],
  ['a log without opt-in', '/api/v1/namespaces/default/pods/web-0/log'],
  ['component statuses', '/api/v1/componentstatuses'],
  ['pod templates', '/api/v1/podtemplates'],
  ['controller revisions', '/apis/apps/v1/controllerrevisions'],
  ['leases', '/apis/coordination.k8s.io/v1/leases'],
  ['a group that is not listed', '/apis/metrics.k8s.io/v1beta1/pods'],
  ['another case', '/api/v1/Secrets'],
  ['a kind of another group', '/apis/apps/v1/pods'],
  ['logs of the API server', '/logs/kube-apiserver.log'],
  ['profiles', '/debug/pprof/heap'],
  ['metrics', '/metrics'],
  ['the second OpenAPI version', '/openapi/v2'],
  ['a configuration dump', '/configz'],
  ['the root', '/'],
  ['climbing up', '/api/v1/namespaces/default/pods/../secrets'],
  ['climbing up at the end', '/api/v1/namespaces/..'],
  ['standing still', '/api/v1/./pods'],
  ['an encoded climb', '/api/v1/namespaces/default/pods/%2e%2e/secrets'],
  ['a half-encoded climb', '/api/v1/namespaces/default/pods/.%2E/secrets'],
  ['an encoded slash', '/api/v1/namespaces/default/pods/web-0%2Fexec'],
  ['an encoded slash in small letters', '/api/v1/namespaces/default%2fsecrets'],
  ['a double encoding', '/api/v1/namespaces/default/pods/web-0%252Fexec'],
  ['a doubly encoded dot', '/api/v1/pods/%252e%252e'],
  ['a double slash', '/api/v1//secrets'],
  ['a double slash at the start', '//api/v1/pods'],
  ['a backslash', '/api/v1/pods\\..\\secrets'],
  ['an encoded backslash', '/api/v1/pods%5C..%5Csecrets'],
  ['an encoded zero', '/api/v1/pods/web%00'],
  ['an encoded line break', '/api/v1/pods/web%0d%0aX: y'],
  ['a tab', '/api/v1/po\tds'],
  ['a broken encoding', '/api/v1/pods/%zz'],
  ['a cut encoding', '/api/v1/pods/%2'],
  ['letters beyond ASCII', '/api/v1/podś'],
  ['encoded letters beyond ASCII', '/api/v1/pod%C5%9B'],
  ['a slash at the end', '/api/v1/pods/'],
  ['a parameter in the path', '/api/v1/pods;a=b'],
])('does not read %s', (_, path) => {
  const judgement = judgeRequest('GET', `${SERVER}${path}`, PLAIN);

  expect(judgement).toMatchObject({ allowed: false, why: expect.stringMatching(/./) });
});

test.each([
  ['Secrets of any group', '/apis/bitnami.com/v1/secrets'],
  ['sealed Secrets', '/apis/bitnami.com/v1alpha1/sealedsecrets'],
  ['Secrets', '/api/v1/secrets'],
  ['exec', '/api/v1/namespaces/default/pods/web-0/exec'],
  ['a console', '/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachineinstances/x/console'],
  ['more of the core group', '/api/v1/podtemplates'],
  ['a log that never ends', '/api/v1/namespaces/default/pods/web-0/log?follow=true'],
  ['a log without TLS', '/api/v1/namespaces/default/pods/web-0/log?insecureSkipTLSVerifyBackend=true'],
  ['a log of something else', '/apis/apps/v1/namespaces/default/deployments/web/log'],
])('does not read %s, whatever is configured', (_, path) => {
  const { allowed } = judgeRequest('GET', `${SERVER}${path}`, OPEN);

  expect(allowed).toBe(false);
});

test.each([
  '/apis/metrics.k8s.io/v1beta1/pods',
  '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/web-0',
  '/apis/apps/v1/controllerrevisions',
  '/api/v1/namespaces/default/pods/web-0/log?tailLines=10&previous=true',
])('reads %s where it is configured', (path) => {
  const judgements = [OPEN, PLAIN].map((options) => judgeRequest('GET', `${SERVER}${path}`, options).allowed);

  expect(judgements).toEqual([true, false]);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'get', ''])(
  'sends no %s',
  (method) => {
    const paths = ['/api/v1/pods', '/version', '/apis/authorization.k8s.io/v1/subjectaccessreviews'];

    const judgements = paths.map((path) => judgeRequest(method, `${SERVER}${path}`, OPEN).allowed);

    expect(judgements).toEqual([false, false, false]);
  },
);

test('creates reviews of its own permissions, and nothing that looks like one', () => {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const urls = [path, `${path}/x`, `${path}s`, path.toUpperCase(), path.replace('self', '')];

  const judgements = urls.map((url) => judgeRequest('POST', `${SERVER}${url}`, OPEN).allowed);

  expect(judgements).toEqual([true, false, false, false, false]);
  expect(judgeRequest('PUT', `${SERVER}${path}`, OPEN).allowed).toBe(false);
});

test.each([
  'https://10.0.0.1:6444/version',
  'http://10.0.0.1:6443/version',
  'https://10.0.0.1:6443.evil.test/version',
  'https://10.0.0.1:6443@evil.test/version',
  'https://evil.test/version',
  'https://10.0.0.1:6443',
])('speaks to no other server: %s', (url) => {
  const { allowed } = judgeRequest('GET', url, OPEN);

  expect(allowed).toBe(false);
});

test('stays below the path of a server that has one', () => {
  const options = { ...PLAIN, server: 'https://rancher.test/k8s/clusters/c-1' };
  const paths = [
    '/k8s/clusters/c-1/api/v1/pods',
    '/k8s/clusters/c-2/api/v1/pods',
    '/api/v1/pods',
    '/k8s/clusters/c-1',
  ];

  const judgements = paths.map((path) => judgeRequest('GET', `https://rancher.test${path}`, options).allowed);

  expect(judgements).toEqual([true, false, false, false]);
});

test('reads every resource of the table, and the table has no Secret', () => {
  const paths = API_GROUPS.flatMap(({ group, kinds }) =>
    Object.values(kinds).map((plural) =>
      group === '' ? `/api/v1/${plural}` : `/apis/${group}/v1/${plural}`,
    ),
  );

  const refused = paths.filter((path) => !judgeRequest('GET', `${SERVER}${path}`, PLAIN).allowed);

  expect(refused).toEqual([]);
  expect(paths.length).toBeGreaterThan(100);
  expect(paths.join('\n')).not.toMatch(/secret/i);
});
