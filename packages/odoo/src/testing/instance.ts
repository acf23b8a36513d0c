import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { OdooCluster } from '../cluster/cluster.ts'
import { ODOO_LIST_QUERY } from '../cluster/database-list.ts'
import { quoteIdentifier } from '../cluster/quoting.ts'
import { filestorePath } from '../settings/paths.ts'
import { type OdooSettings, odooSettings } from '../settings/settings.ts'
import { fillSample, type SampleOptions } from './sample-database.ts'

/** A PostgreSQL server to test on. */
export interface TestServer {
  readonly pgHost: string
  readonly pgPort: number
  readonly pgSuperuser: string
  readonly pgSuperuserPassword: string
  readonly odooDbUser: string
  readonly odooDbPassword: string
}

/** An Odoo instance of a test's own: a data folder, and databases that go when it is closed. */
export class TestInstance {
  readonly cluster: OdooCluster
  readonly dataDir: string
  readonly #server: TestServer
  readonly #databases = new Set<string>()

  private constructor(server: TestServer, dataDir: string, settings: Partial<OdooSettings>) {
    this.#server = server
    this.dataDir = dataDir
    this.cluster = new OdooCluster({
      ...odooSettings(new Map()),
      dbHost: server.pgHost,
      dbPort: server.pgPort,
      dbUser: server.odooDbUser,
      dbPassword: server.odooDbPassword,
      dataDir,
      ...settings,
    })
  }

  static async open(server: TestServer, settings: Partial<OdooSettings> = {}): Promise<TestInstance> {
    const dataDir = settings.dataDir ?? (await mkdtemp(join(tmpdir(), 'odoo-backup-test-')))
    return new TestInstance(server, dataDir, settings)
  }

  /** A name that no other test uses; it is dropped at the end. */
  name(suffix = ''): string {
    return this.owns(`test_odoo_${randomBytes(5).toString('hex')}${suffix}`)
  }

  owns(name: string): string {
    this.#databases.add(name)
    return name
  }

  filestore(database: string): string {
    return filestorePath(this.cluster.settings, database)
  }

  async createEmpty(name = this.name()): Promise<string> {
    this.#databases.add(name)
    await this.cluster.withMaintenance(client =>
      client.query(
        `CREATE DATABASE ${quoteIdentifier(name)} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0`,
      ),
    )
    return name
  }

  /** A database as Odoo would have it, with its filestore. */
  async createSample(options: SampleOptions & { name?: string } = {}): Promise<string> {
    const name = await this.createEmpty(options.name ?? this.name())
    await this.cluster.withClient(name, client => fillSample(client, this.filestore(name), options))
    return name
  }

  async rows<T extends pg.QueryResultRow>(
    database: string,
    sql: string,
    values: unknown[] = [],
  ): Promise<T[]> {
    return this.cluster.withClient(database, async client => (await client.query<T>(sql, values)).rows)
  }

  /** What Odoo itself lists, cut down to the databases of this instance (others test on the same server). */
  async listedByOdoo(): Promise<string[]> {
    return this.cluster.withMaintenance(async client => {
      const { rows } = await client.query<{ datname: string }>(ODOO_LIST_QUERY, ['template0'])
      return rows.map(row => row.datname).filter(name => this.#databases.has(name))
    })
  }

  async superuser(database = 'postgres'): Promise<pg.Client> {
    const client = new pg.Client({
      host: this.#server.pgHost,
      port: this.#server.pgPort,
      user: this.#server.pgSuperuser,
      password: this.#server.pgSuperuserPassword,
      database,
    })
    await client.connect()
    return client
  }

  async close(): Promise<void> {
    const client = await this.superuser()
    try {
      for (const name of this.#databases) {
        const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
        if (rowCount === 0) continue
        await client.query(`ALTER DATABASE ${quoteIdentifier(name)} IS_TEMPLATE false`)
        await client.query(`DROP DATABASE ${quoteIdentifier(name)} WITH (FORCE)`)
      }
    } finally {
      await client.end()
    }
    await rm(this.dataDir, { recursive: true, force: true })
  }
}
