// Generated from the files in tools/ by `npm run generate`.

/** The names of every tool in the catalog: known before any of them is loaded. */
export const TOOL_NAMES: readonly string[] = [
  'access_audit',
  'backup_status',
  'disabled_services',
  'drift_diff',
  'event_list',
  'explain_resource',
  'health_summary',
  'log_tail',
  'policy_explain',
  'proposal_list',
  'propose_change',
  'recent_changes',
  'reconciliation_status',
  'repo_history',
  'repo_read',
  'repo_search',
  'resource_get',
  'resource_list',
  'runbook_lookup',
  'secret_hygiene',
  'upgrade_status',
];
