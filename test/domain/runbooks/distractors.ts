import type { RunbookFile } from '#domain/runbooks/runbook-file.ts';

const APPS = [
  'immich',
  'navidrome',
  'syncthing',
  'minecraft',
  'frigate',
  'vaultwarden',
  'audiobookshelf',
  'miniflux',
  'mealie',
  'ollama',
];

type Form = (app: string, nth: number) => { path: string; text: string };

/** Ten kinds of documents such as lie beside runbooks; each mentions in passing what runbooks are about. */
const FORMS: readonly Form[] = [
  (app, nth) => ({
    path: `docs/incidents/2025-0${1 + (nth % 9)}-1${nth}-${app}-outage.md`,
    text: `# ${app} was slow for an evening

**Status:** closed

## Symptoms

- Pages took ${10 + nth} seconds. One pod restarted twice, the node was under load.

## Timeline

- 18:0${nth} first message in the chat
- 19:1${nth} the nightly import was found to run by day; it was moved

## Cause

An import job with too many threads. No upgrade and no certificate was involved.

## Follow-up

- [ ] limit the import to two threads`,
  }),
  (app, nth) => ({
    path: `docs/guides/install-${app}.md`,
    text: `# Installing ${app}

Add the HelmRelease, a Kustomization and a namespace; commit; wait for Flux.

## Values

\`\`\`yaml
persistence:
  config: { enabled: true, size: ${nth + 1}Gi, storageClass: longhorn }
\`\`\`

## Access

The Gateway has a listener with a wildcard certificate, so no certificate of its own is needed.

## Backup

Its volume is backed up with VolSync like all others.`,
  }),
  (app) => ({
    path: `docs/decisions/why-${app}-uses-sqlite.md`,
    text: `# ${app} stays on SQLite

**Decision:** no separate database.

**Reason:** one replica, little data, a backup is a copy of one file.

**Consequences:** a drain restarts it; no rolling upgrade; the volume must be ReadWriteOnce.`,
  }),
  (app) => ({
    path: `docs/runbooks/${app}-reset-password.md`,
    text: `# ${app}: reset a password

## Symptoms

A member of the family cannot log in to ${app}.

## Checks

1. Is the account locked? Settings, Users, ${app}.
2. Does the mail with the link arrive?

## Remedy

Open the settings as owner and send a new link. Nothing in the cluster has to change.

## Verification

They log in once.`,
  }),
  (app) => ({
    path: `docs/howto/move-${app}-to-new-domain.md`,
    text: `# Move ${app} to another domain

1. Add the new host name to the HTTPRoute.
2. The wildcard certificate covers it already.
3. Tell the clients; keep the old name for a month as a redirect.
4. Remove the old name from Git.`,
  }),
  (app, nth) => ({
    path: `docs/hardware/shelf-${nth}.md`,
    text: `# Shelf ${nth}

| slot | machine | disk | for |
|---|---|---|---|
| 1 | mini PC, 16 GB | 512 GB NVMe | worker, runs ${app} |
| 2 | mini PC, 32 GB | 1 TB NVMe | control plane |

Fans are cleaned in spring. The power supply of slot 2 was replaced.`,
  }),
  (app, nth) => ({
    path: `docs/notes/meeting-${nth}.md`,
    text: `# Notes of meeting ${nth}

- ${app} is liked; the phone client is not.
- Upgrade of Talos planned after the holidays, backups are looked at before.
- Somebody asks for more space; volumes can be grown.
- Next time: what to do about old namespaces.`,
  }),
  (app, nth) => ({
    path: `docs/changelog/${app}.md`,
    text: `# Changes of ${app}

## 1.${nth + 2}.0

- image bumped, new sidebar
- memory limit raised

## 1.${nth + 1}.0

- image bumped, faster search
- chart values renamed`,
  }),
  (app) => ({
    path: `docs/runbooks/${app}-import.md`,
    text: `# ${app}: import does not start

## Symptoms

- New files in the inbox of ${app} are not picked up.
- \`${app[0]?.toUpperCase()}${app.slice(1)}ImportStalled\` fires.

## Checks

\`\`\`sh
kubectl logs -n ${app} deploy/${app} --tail=50
kubectl get pods -n ${app}
\`\`\`

The log names the file that it stumbles over. A file with a broken name stops the queue.

## Remedy

Rename or remove the file in the inbox. If the watcher is stuck, scale it by Git.

## When to stop

If files are missing rather than waiting: stop, and look at the last backup.`,
  }),
  (app, nth) => ({
    path: `docs/network/vlan-${10 + nth}.md`,
    text: `# VLAN ${10 + nth}

Gateway 10.${nth}.0.1, DHCP from .100 to .199, addresses of the LoadBalancer pool from .200 on. ${app} is reached at .2${10 + nth}.

## Firewall

Only DNS and HTTPS are let through to the cluster; nodes reach each other freely.`,
  }),
];

/** 100 documents of an operator that answer none of the questions, though they share many words with them. */
export const DISTRACTORS: readonly RunbookFile[] = FORMS.flatMap((form) =>
  APPS.map((app, nth) => ({ ...form(app, nth), origin: 'operator' as const, commit: 'f'.repeat(40) })),
);
