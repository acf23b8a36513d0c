import { userInfo } from 'node:os'
import pg from 'pg'
import { OdooError } from '../errors.ts'
import type { OdooSettings } from '../settings/settings.ts'
import { type Attempt, connectionTarget, isAboutTls, tlsAttempts } from './connection.ts'
import { listOdooDatabases, type OdooDatabase } from './database-list.ts'
import { fromPostgres } from './postgres-error.ts'
import { accountOf, type SystemUser } from './run-as.ts'
import { socketOptions } from './socket-as.ts'
import { toolEnvironment } from './tool-environment.ts'
import { findTool, type PostgresTool, type ToolName } from './tools.ts'

export interface ClusterOptions {
  /** PG* variables, PATH, HOME; the process's own unless given. */
  readonly environment?: NodeJS.ProcessEnv
  /** Whom PostgreSQL's tools run as and restored files belong to; see `filestoreOwner`. */
  readonly runAs?: SystemUser
  readonly applicationName?: string
}

/** Odoo's PostgreSQL server as Odoo's own role sees it. Holds no connection open by itself. */
export class OdooCluster {
  readonly settings: OdooSettings
  readonly runAs: SystemUser | undefined
  readonly #environment: NodeJS.ProcessEnv
  readonly #applicationName: string
  #attempt: Attempt | undefined
  #version: number | undefined
  #maintenance: string | undefined

  constructor(settings: OdooSettings, options: ClusterOptions = {}) {
    this.settings = settings
    this.runAs = options.runAs
    this.#environment = options.environment ?? process.env
    this.#applicationName = options.applicationName ?? 'odoo-backup'
  }

  /**
   * Connects to a database by its name, which is never read as a connection string. The caller ends the client.
   * @throws OdooError `postgres_unreachable`, `postgres_refused`, `database_missing`, `database_refused`
   */
  async connect(database: string): Promise<pg.Client> {
    const target = await this.#target()
    const mode = this.settings.dbSslMode ?? tlsMode(this.#environment.PGSSLMODE)
    const attempts = this.#attempt ? [this.#attempt] : tlsAttempts(target.host, mode, this.#environment)
    let refusal: unknown
    for (const attempt of attempts) {
      const client = new pg.Client({ ...target, ...attempt, ...this.#clientOptions(), database })
      // A connection that breaks while idle rejects the next query; the event alone would end the process.
      client.on('error', () => {})
      try {
        await client.connect()
        this.#attempt = attempt
        return client
      } catch (error) {
        await client.end().catch(() => {})
        refusal ??= error
        if (!isAboutTls(error)) {
          refusal = error
          break
        }
      }
    }
    throw fromPostgres(refusal, `Connecting to the database ${JSON.stringify(database)}`)
  }

  /** The driver's settings for a database, for pools and queues. Holds the password: never log it. */
  async connectionConfig(database: string): Promise<pg.ClientConfig> {
    if (!this.#attempt) await this.withMaintenance(async () => {})
    return { ...(await this.#target()), ...this.#attempt, ...this.#clientOptions(), database }
  }

  /** Runs `work` on a connection that is ended afterwards; PostgreSQL's errors become `OdooError`s. */
  async withClient<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.connect(database)
    try {
      return await work(client)
    } catch (error) {
      throw fromPostgres(error, `In the database ${JSON.stringify(database)}`)
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** The same on a database that is always there: `postgres`, else `template1`. */
  async withMaintenance<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    return this.withClient(await this.maintenanceDatabase(), work)
  }

  async maintenanceDatabase(): Promise<string> {
    if (this.#maintenance) return this.#maintenance
    for (const name of ['postgres', 'template1']) {
      try {
        await this.withClient(name, async () => {})
        this.#maintenance = name
        return name
      } catch (error) {
        if (name === 'template1' || !(error instanceof OdooError) || error.code !== 'database_missing')
          throw error
      }
    }
    return 'postgres'
  }

  /** As `SHOW server_version_num`, such as 150018. */
  async serverVersion(): Promise<number> {
    this.#version ??= await this.withMaintenance(async client => {
      const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num')
      return Number(rows[0]?.server_version_num)
    })
    return this.#version
  }

  /** The databases that this Odoo serves, by its own rules, whether or not `list_db` lets visitors see them. */
  listDatabases(): Promise<readonly OdooDatabase[]> {
    return listOdooDatabases(this)
  }

  async databaseExists(name: string): Promise<boolean> {
    return this.withMaintenance(async client => {
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
      return rowCount === 1
    })
  }

  /** The program of PostgreSQL that suits the server. @throws OdooError `tool_missing` */
  async tool(name: ToolName): Promise<PostgresTool> {
    return findTool(name, await this.serverVersion(), this.settings.pgPath, this.#environment)
  }

  /** Variables for PostgreSQL's programs: they find server, role and database without any argument. */
  async toolEnvironment(database: string): Promise<NodeJS.ProcessEnv> {
    const account = this.runAs && (await accountOf(this.runAs))
    return toolEnvironment(this.settings, this.#environment, {
      database,
      applicationName: this.#applicationName,
      ...(account ? { account } : {}),
    })
  }

  async #target() {
    const account = this.runAs && (await accountOf(this.runAs))
    const target = connectionTarget(this.settings, this.#environment, account?.name ?? userInfo().username)
    return { ...target, ...socketOptions(target.host, this.runAs) }
  }

  #clientOptions(): pg.ClientConfig {
    return {
      application_name: this.#applicationName,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    }
  }
}

function tlsMode(value: string | undefined) {
  const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
  return modes.find(mode => mode === value) ?? 'prefer'
}
