import { sandboxFolder } from '../../infra/sandbox/folder.ts'
import { startSandbox } from '../../infra/sandbox/sandbox.ts'
import { ensureSystemPackages, type Need } from '../../infra/sandbox/system-packages.ts'

interface Benchmark {
  readonly what: string
  /** Of the machine; without any, not even the sandbox is started. */
  readonly needs: readonly Need[]
}

/** `npm run bench -- NAME`: each benchmark is a module of this folder that runs when it is imported. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  memory: {
    what: "the agent's resident memory while it backs up a filestore of 1 GB",
    needs: ['sandbox'],
  },
  backup: {
    what: 'our backup beside the Odoo way, pg_dump and restic, on the same data',
    needs: ['sandbox', 'comparison'],
  },
  retention: { what: '100,000 backups decided', needs: [] },
  list: { what: 'the first page of 10,000 backups', needs: ['sandbox'] },
  dashboard: {
    what: 'the dashboard of 10,000 backups of 200 databases in Chromium',
    needs: ['sandbox', 'browser'],
  },
  sampling: { what: 'memory while 10,000 accounts are sampled in one run', needs: ['sandbox'] },
  vend: { what: 'credentials vended per second', needs: ['sandbox'] },
}

const name = process.argv[2]
const benchmark = BENCHMARKS[name ?? '']
if (benchmark === undefined) {
  const lines = Object.entries(BENCHMARKS).map(([each, { what }]) => `  ${each.padEnd(10)} ${what}`)
  console.error(`npm run bench -- NAME, where NAME is one of:\n${lines.join('\n')}`)
  process.exit(64)
}
try {
  if (benchmark.needs.length > 0) {
    ensureSystemPackages(benchmark.needs, console.log)
    await startSandbox(sandboxFolder(), () => undefined)
  }
  await import(`./${name}.ts`)
} catch (error) {
  console.error(error)
  process.exit(1)
}
