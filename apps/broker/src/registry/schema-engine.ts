import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'
import { Pool } from 'pg'

/** Node has it; its types come with those of browsers, which are not wanted here. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>
}

/** The engine wants a schema even where it only applies what stands in the migrations. */
const NO_MODELS: [path: string, content: string][] = [
  ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'],
]

/**
 * Runs `work` with Prisma's schema engine as WebAssembly: what `prisma migrate` runs, without the binary that it
 * would download. Node cannot import a `.wasm` file as a module without a flag, so it is instantiated by hand.
 */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  work: (engine: engineModule.SchemaEngine) => Promise<T>,
  datamodels = NO_MODELS,
): Promise<T> {
  await instantiate()
  const pool = new Pool({ connectionString: databaseUrl, max: 2 })
  try {
    const scripts = new WholeScripts(pool)
    const adapter = bindMigrationAwareSqlAdapterFactory(scripts)
    const engine = await engineModule.SchemaEngine.new({ datamodels }, () => {}, adapter)
    try {
      return await work(engine)
    } catch (error) {
      // The engine does not pass on what PostgreSQL said.
      if (scripts.failure === undefined) throw error
      throw new Error(`A migration failed and left nothing behind: ${scripts.failure.message}`, {
        cause: error,
      })
    } finally {
      engine.free()
    }
  } finally {
    await pool.end()
  }
}

/**
 * The adapter cuts a script at every semicolon, also inside the body of a function. PostgreSQL takes a script as a
 * whole, and as one transaction, so that a migration that fails leaves nothing half-made.
 */
class WholeScripts extends PrismaPg {
  failure: Error | undefined
  private readonly pool: Pool

  constructor(pool: Pool) {
    super(pool)
    this.pool = pool
  }

  override async connect() {
    const adapter = await super.connect()
    adapter.executeScript = async script => {
      try {
        await this.pool.query(script)
      } catch (error) {
        this.failure = error instanceof Error ? error : new Error(String(error))
        throw error
      }
    }
    return adapter
  }
}

let instantiated: Promise<void> | undefined

function instantiate(): Promise<void> {
  instantiated ??= (async () => {
    // Where the engine leaves the words of a panic; without it a panic hides behind a TypeError.
    Object.assign(globalThis, {
      PRISMA_WASM_PANIC_REGISTRY: {
        set_message: (message: string) => process.stderr.write(`${message}\n`),
      },
    })
    const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    const bytes = await readFile(new URL('schema_engine_bg.wasm', `file://${entry}`))
    const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engineImports() })
    engineModule.__wbg_set_wasm(instance.exports)
    const start = instance.exports.__wbindgen_start
    if (typeof start === 'function') start()
  })()
  return instantiated
}

/** The engine forgets a timer of ten seconds with each use of a lock; it must not keep a process from ending. */
function engineImports(): Record<string, unknown> {
  const unheld = (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds).unref()
  return Object.fromEntries(
    Object.entries(engineModule).map(([name, value]) => [
      name,
      name.startsWith('__wbg_setTimeout_') ? unheld : value,
    ]),
  )
}
