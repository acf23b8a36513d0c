export { type ClusterOptions, OdooCluster } from './cluster/cluster.ts'
export { commitToDisk } from './cluster/commit-to-disk.ts'
export { requireCreationRight } from './cluster/creation-right.ts'
export { ODOO_LIST_QUERY, type OdooDatabase } from './cluster/database-list.ts'
export { type DatabaseLockOptions, withDatabaseLock } from './cluster/database-lock.ts'
export { createHiddenDatabase, dropHiddenDatabase } from './cluster/hidden-database.ts'
export { filestoreOwner, type SystemUser } from './cluster/run-as.ts'
export { type ServerDisk, serverDisk } from './cluster/server-disk.ts'
export { systemIdentifier } from './cluster/system-identifier.ts'
export type { PostgresTool, ToolName } from './cluster/tools.ts'
export type { DrillOptions, DrillResult, Scratch } from './drill/drill.ts'
export { drillSnapshot, removeScratch } from './drill/drill-snapshot.ts'
export { OdooError, type OdooErrorCode } from './errors.ts'
export { addonsFolders, missingModules } from './neutralise/addons.ts'
export { neutralise } from './neutralise/neutralise.ts'
export { nearestFolder } from './restore/filestore-root.ts'
export type { RestoreFindings, RestoreJournal, RestoreOptions, RestoreResult } from './restore/options.ts'
export { planRestore } from './restore/plan.ts'
export { restoreSnapshot } from './restore/restore-snapshot.ts'
export { resumeRestore } from './restore/resume.ts'
export { isDefaultMasterPassword, verifyMasterPassword } from './settings/master-password.ts'
export { type OdooConf, parseOdooConf, readOdooConf } from './settings/odoo-conf.ts'
export { defaultDataDir, filestoreOrigin, filestorePath, filestoreRoot } from './settings/paths.ts'
export { type OdooSettings, odooSettings, type SslMode } from './settings/settings.ts'
export { openSnapshot } from './snapshot/open-snapshot.ts'
export type {
  DumpFormat,
  LiveSnapshot,
  RestorableSnapshot,
  SnapshotEstimate,
  SnapshotFacts,
  SnapshotOptions,
} from './snapshot/snapshot.ts'
