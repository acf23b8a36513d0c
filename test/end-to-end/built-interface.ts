import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { whileAlone } from '../../infra/sandbox/lock.ts'

const ROOT = join(import.meta.dirname, '../..')
const INTERFACE = join(ROOT, 'apps/agent-ui')
const STAMP = join(INTERFACE, 'dist/.made-from')

/**
 * Builds the web interface where agents look for it, unless it is built from these sources already: a build empties
 * the folder, from which an agent of another test may serve at the same time.
 */
export function buildWebInterface(): Promise<void> {
  return whileAlone(INTERFACE, async () => {
    const sources = hashOfSources()
    if (readStamp() === sources) return
    execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'apps/agent-ui'], {
      cwd: ROOT,
      // As users get it; tests run with another value.
      env: { ...process.env, NODE_ENV: 'production' },
    })
    writeFileSync(STAMP, sources)
  })
}

function readStamp(): string | undefined {
  try {
    return readFileSync(STAMP, 'utf8')
  } catch {
    return undefined
  }
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const folder of [
    join(INTERFACE, 'src'),
    join(INTERFACE, 'public'),
    join(ROOT, 'packages/protocol/src'),
  ]) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      hash.update(file).update(readFileSync(file))
    }
  }
  for (const file of ['index.html', 'vite.config.ts', 'package.json'])
    hash.update(readFileSync(join(INTERFACE, file)))
  return hash.digest('hex')
}
