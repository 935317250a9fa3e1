// Generated from the files in tools/ by `npm run generate`.
import accessAudit from '../tools/access_audit.ts';
import backupStatus from '../tools/backup_status.ts';
import disabledServices from '../tools/disabled_services.ts';
import driftDiff from '../tools/drift_diff.ts';
import eventList from '../tools/event_list.ts';
import explainResource from '../tools/explain_resource.ts';
import healthSummary from '../tools/health_summary.ts';
import logTail from '../tools/log_tail.ts';
import policyExplain from '../tools/policy_explain.ts';
import proposalList from '../tools/proposal_list.ts';
import proposeChange from '../tools/propose_change.ts';
import recentChanges from '../tools/recent_changes.ts';
import reconciliationStatus from '../tools/reconciliation_status.ts';
import repoHistory from '../tools/repo_history.ts';
import repoRead from '../tools/repo_read.ts';
import repoSearch from '../tools/repo_search.ts';
import resourceGet from '../tools/resource_get.ts';
import resourceList from '../tools/resource_list.ts';
import runbookLookup from '../tools/runbook_lookup.ts';
import secretHygiene from '../tools/secret_hygiene.ts';
import upgradeStatus from '../tools/upgrade_status.ts';
import type { Tool } from './tool.ts';

/** Every tool, by name; a name that differs from its file's refuses to start. */
export const CATALOG: Readonly<Record<string, Tool>> = {
  access_audit: accessAudit,
  backup_status: backupStatus,
  disabled_services: disabledServices,
  drift_diff: driftDiff,
  event_list: eventList,
  explain_resource: explainResource,
  health_summary: healthSummary,
  log_tail: logTail,
  policy_explain: policyExplain,
  proposal_list: proposalList,
  propose_change: proposeChange,
  recent_changes: recentChanges,
  reconciliation_status: reconciliationStatus,
  repo_history: repoHistory,
  repo_read: repoRead,
  repo_search: repoSearch,
  resource_get: resourceGet,
  resource_list: resourceList,
  runbook_lookup: runbookLookup,
  secret_hygiene: secretHygiene,
  upgrade_status: upgradeStatus,
};
