import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { foldersOfSeries } from './addons.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'odoo-backup-addons-'))
})
afterEach(() => rm(root, { recursive: true }))

async function release(path: string, versionInfo: string): Promise<void> {
  await mkdir(join(root, path), { recursive: true })
  await writeFile(
    join(root, path, 'release.py'),
    `RELEASE_LEVELS = [ALPHA, BETA]\nversion_info = (${versionInfo})\nversion = '.'.join(map(str, version_info[:2]))\n`,
  )
}

test('code of another series is left out, by its release or by the name of its folder; what says nothing is kept', async () => {
  await release('package/odoo', "17, 0, 0, FINAL, 0, ''")
  await release('clone/odoo', "16, 0, 0, FINAL, 0, ''")
  await release('online/odoo', "'saas~17', 2, 0, FINAL, 0, ''")
  const folders = [
    'extra',
    'package/odoo/addons',
    'clone/addons',
    'clone/odoo/addons',
    'data/addons/16.0',
    'data/addons/15.0',
    'online/odoo/addons',
  ].map(path => join(root, path))
  const of = async (series: string) =>
    (await foldersOfSeries(folders, series)).map(folder => folder.slice(root.length + 1))
  expect(await of('16.0')).toEqual(['extra', 'clone/addons', 'clone/odoo/addons', 'data/addons/16.0'])
  expect(await of('17.0')).toEqual(['extra', 'package/odoo/addons'])
  expect(await of('saas~17.2')).toEqual(['extra', 'online/odoo/addons'])
})
