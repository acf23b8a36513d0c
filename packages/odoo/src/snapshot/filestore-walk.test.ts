import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { walkFilestore } from './filestore-walk.ts'

/** A filestore whose database names files without end, none of which is there. */
function* endless() {
  for (let folder = 0; ; folder++) yield { folder: String(folder), names: new Set([`${folder}/x`]) }
}

test('a walk ends when its signal does, however many files it passes over', async () => {
  const root = await mkdtemp(join(tmpdir(), 'walk-'))
  const stop = new AbortController()
  let missed = 0
  const walk = walkFilestore(root, endless(), {
    missing: () => {
      if (++missed === 1_000) stop.abort(new Error('enough'))
    },
    warn: () => undefined,
    signal: stop.signal,
  })
  await expect(walk.next()).rejects.toThrow('enough')
  expect(missed).toBe(1_000)
  await rm(root, { recursive: true })
})
