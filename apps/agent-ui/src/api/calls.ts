import type {
  AccountView,
  AgentSettings,
  AgentSettingsChange,
  BackupDetails,
  BackupView,
  CalendarDay,
  DatabaseSettings,
  DatabaseSettingsChange,
  DatabaseView,
  DestinationChange,
  JobLog,
  JobView,
  Notice,
  NoticesChange,
  Overview,
  RestorePlan,
  RetentionChange,
  Role,
  RotationPlan,
  Schedule,
  StorageChange,
  TokenRequest,
  TokenView,
  UnreachablePlace,
  UsagePoint,
} from '@odoo-backup/protocol'
import { type CallOptions, call } from './client.ts'

/** The calls that the pages make, one line each; paths and shapes are those of the agent's OpenAPI document. */

export interface Who {
  readonly role: Role
  readonly name: string
  readonly database?: string
}

/** Whether they may connect the storage and change what counts for all databases. */
export function administersAll({ role, database }: Who): boolean {
  return role === 'administer' && database === undefined
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly total: number
  readonly page: number
  readonly pageSize: number
}

interface Items<Item> {
  readonly items: readonly Item[]
}

export type Connection =
  | { readonly state: 'connected'; readonly folder: string; readonly account?: string }
  | { readonly state: 'login_required'; readonly authLink: string }
  | { readonly state: 'payment_required'; readonly message: string; readonly rechargeLink?: string }

/** A restore as it is thought of: what is absent is left to the agent. */
export interface RestoreQuestion {
  readonly source:
    | { readonly kind: 'stored'; readonly backup: string }
    | { readonly kind: 'upload'; readonly upload: string; readonly name: string }
  readonly database?: string
  readonly copy?: boolean
  readonly neutralise?: boolean
  readonly replace?: boolean
  readonly trustCode?: boolean
  readonly keepSchedules?: boolean
  readonly encryptionPassword?: string
}

export interface RestoreOrder extends RestoreQuestion {
  readonly database: string
  readonly masterPassword: string
}

type Query = NonNullable<CallOptions['query']>

const name = encodeURIComponent

export const whoAmI = (signal: AbortSignal) => call<Who>('GET', 'session', { signal })
export const signIn = (masterPassword: string) =>
  call<Who>('POST', 'session', { body: { masterPassword }, isQuestion: true })
export const signInWithOdoo = (database: string, login: string, password: string) =>
  call<Who>('POST', 'session', { body: { database, login, password }, isQuestion: true })
export const signOut = () => call<void>('DELETE', 'session')

export const connection = (redirect: string, signal?: AbortSignal) =>
  call<Connection>('GET', 'connection', { query: { redirect }, ...(signal ? { signal } : {}) })
export const tryStorage = (storage: StorageChange) =>
  call<{ folder: string }>('POST', 'connection/trial', { body: { storage }, isQuestion: true })
export const tryDestination = (database: string, destination: DestinationChange) =>
  call<{ folder: string }>('POST', 'connection/trial', { body: { database, destination }, isQuestion: true })
export const bind = (code: string) => call<Connection>('POST', 'connection', { body: { code } })
export const account = (signal: AbortSignal) => call<AccountView>('GET', 'account', { signal })
export const rechargeLink = () => call<{ rechargeLink?: string }>('GET', 'connection/recharge-link')

export const databases = (signal: AbortSignal) => call<Items<DatabaseView>>('GET', 'databases', { signal })
export const databaseSettings = (signal?: AbortSignal) =>
  call<Items<DatabaseSettings>>('GET', 'databases/settings', signal === undefined ? {} : { signal })
export const changeDatabaseSettings = (database: string, change: DatabaseSettingsChange, revision?: string) =>
  call<DatabaseSettings>('PATCH', `databases/${name(database)}/settings`, { body: change, revision })
export const previewRotation = (database: string, retention: RetentionChange, signal: AbortSignal) =>
  call<RotationPlan>('POST', `databases/${name(database)}/rotation/preview`, {
    body: { retention },
    isQuestion: true,
    signal,
  })
export const previewSchedules = (schedules: readonly Schedule[], signal: AbortSignal) =>
  call<{ nextRuns: readonly string[] }>('POST', 'schedules/preview', {
    body: { schedules },
    isQuestion: true,
    signal,
  })

export const backups = (query: Query, signal: AbortSignal) =>
  call<Page<BackupView> & { readonly unreachable: readonly UnreachablePlace[] }>('GET', 'backups', {
    query,
    signal,
  })
export const backup = (archive: string, signal: AbortSignal) =>
  call<BackupDetails>('GET', `backups/${name(archive)}`, { signal })
export const startBackup = (database: string) => call<JobView>('POST', 'backups', { body: { database } })
export const deleteBackup = (archive: string) => call<JobView>('DELETE', `backups/${name(archive)}`)
export const setPinned = (archive: string, pinned: boolean) =>
  call<void>(pinned ? 'PUT' : 'DELETE', `backups/${name(archive)}/pin`)
export const verify = (archive: string, encryptionPassword?: string) =>
  call<JobView>('POST', `backups/${name(archive)}/verification`, {
    body: encryptionPassword === undefined ? {} : { encryptionPassword },
  })
export const downloadAddress = (archive: string) => `./api/backups/${name(archive)}/content`

export const planRestore = (question: RestoreQuestion, signal: AbortSignal) =>
  call<RestorePlan>('POST', 'restores/plan', { body: question, isQuestion: true, signal })
export const restore = (order: RestoreOrder) => call<JobView>('POST', 'restores', { body: order })

export const jobs = (query: Query, signal: AbortSignal) =>
  call<Page<JobView>>('GET', 'jobs', { query, signal })
export const job = (id: string, signal: AbortSignal) => call<JobView>('GET', `jobs/${name(id)}`, { signal })
export const jobLog = (id: string, signal: AbortSignal) =>
  call<JobLog>('GET', `jobs/${name(id)}/log`, { signal })
export const tryAgain = (id: string) => call<JobView>('POST', `jobs/${name(id)}/try-again`)
export const cancelJob = (id: string) => call<JobView>('DELETE', `jobs/${name(id)}`)

export const settings = (signal?: AbortSignal) =>
  call<AgentSettings>('GET', 'settings', signal === undefined ? {} : { signal })
export const changeSettings = (change: AgentSettingsChange, revision?: string) =>
  call<AgentSettings>('PATCH', 'settings', { body: change, revision })
export const tokens = (signal: AbortSignal) => call<Items<TokenView>>('GET', 'tokens', { signal })
export const addToken = (token: TokenRequest) =>
  call<TokenView & { token: string }>('POST', 'tokens', { body: token })
export const removeToken = (token: string) => call<void>('DELETE', `tokens/${name(token)}`)

/** Days are the reader's own, as all moments on the pages are. */
const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

export const overview = (signal: AbortSignal) =>
  call<Overview>('GET', 'overview', { query: { timeZone: ownTimeZone() }, signal })
export const usage = (days: number, signal: AbortSignal) =>
  call<Items<UsagePoint>>('GET', 'usage', { query: { days, timeZone: ownTimeZone() }, signal })
export const calendar = (database: string, signal: AbortSignal) =>
  call<Items<CalendarDay>>('GET', 'calendar', {
    query: { days: 371, timeZone: ownTimeZone(), ...(database === '' ? {} : { database }) },
    signal,
  })
export const notices = (signal: AbortSignal) => call<Items<Notice>>('GET', 'notices', { signal })
export const testNotice = (channel: 'mail' | 'webhook', notices: NoticesChange) =>
  call<void>('POST', 'notices/test', { body: { channel, notices } })
