/** Fails the build when the pages' script outgrows what a slow line can bear: 150 kB gzipped, all of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const LIMIT_BYTES = 150_000
const folder = join(import.meta.dirname, 'dist/assets')
const bytes = readdirSync(folder)
  .filter(name => name.endsWith('.js'))
  .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
process.stdout.write(`script: ${(bytes / 1000).toFixed(1)} kB gzipped of at most ${LIMIT_BYTES / 1000} kB\n`)
if (bytes > LIMIT_BYTES) {
  process.stderr.write('The script is too large: leave a dependency out, or load a page on demand.\n')
  process.exit(1)
}
