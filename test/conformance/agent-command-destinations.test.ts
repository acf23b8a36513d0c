import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type AgentInstance, agentInstance, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface } from '../fixtures/agent-surface.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

// Every command about what is stored, wherever it is stored: with keys of one's own, with what a broker vends for each
// purpose, and in a folder.

describe.each(['a bucket of one’s own', 'the broker', 'a folder'])('in %s', where => {
  let broker: RunningBroker | undefined
  let instance: AgentInstance
  let surface: AgentSurface
  let folder: string
  let database: string
  const names: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'odoo-backup-place-'))
    if (where === 'the broker') broker = await runBroker()
    instance = await agentInstance(
      where === 'a folder'
        ? { ...NO_BUCKET, directory: folder }
        : broker === undefined
          ? {}
          : { ...NO_BUCKET, broker_url: broker.url },
    )
    database = await instance.odoo.createSample()
    surface = await agentSurface(instance, await instance.open())
    if (broker === undefined) return
    const { authLink } = JSON.parse((await surface.cli('login', '--json')).stderr)
    const { code = '' } = await approve(new HttpBrowser(), authLink, await newOdooComUser())
    expect(await surface.cli('login', '--code', code)).toMatchObject({ status: 0 })
  })
  afterAll(async () => {
    await surface.close()
    await instance.close()
    await broker?.close()
    await rm(folder, { recursive: true })
  })

  /** What a command prints as JSON, its last line where it follows a job; it must end well. */
  async function told(...args: string[]) {
    const { status, stdout, stderr } = await surface.cli(...args, '--json')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }
  const listed = async () => (await told('list')).map(({ name }: { name: string }) => name)

  test('backup, list and show tell the same backup', async () => {
    for (let time = 0; time < 3; time += 1) names.push((await told('backup', database)).backup)
    expect(await listed()).toEqual(names.toReversed())
    const shown = await told('show', names[0] ?? '')
    expect(shown).toMatchObject({
      ...{ name: names[0], database, format: 'zip', encrypted: false, warnings: [] },
      ...{ odooVersion: '16.0', files: expect.any(Number), rows: expect.any(Number) },
    })
    const { sizeBytes } = (await told('list')).at(-1)
    expect(shown.sizeBytes).toBe(sizeBytes)
  })

  test('download gives a file that restores identically, and the same bytes on standard output', async () => {
    const path = join(instance.folder, 'shop.zip')
    expect(await told('download', names[0] ?? '', '-o', path)).toEqual({ path, backup: names[0] })
    const bytes = await readFile(path)
    expect(bytes).toHaveLength((await told('show', names[0] ?? '')).sizeBytes)
    const name = instance.odoo.name('_file')
    await told('restore', '--file', path, '--as', name, '--moved')
    expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
    const stdout = await surface.cli('download', names[0] ?? '', '-o', '-')
    const sum = (content: Buffer) => createHash('sha256').update(content).digest('hex')
    expect(sum(Buffer.from(stdout.stdout, 'latin1'))).toBe(sum(bytes))
  })

  test('restore brings it back, and verify notes its result beside it', async () => {
    const name = instance.odoo.name('_back')
    await told('restore', names[1] ?? '', '--as', name, '--moved')
    expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
    await told('verify', names[1] ?? '')
    expect(await told('show', names[1] ?? '')).toMatchObject({ verification: { passed: true } })
  })

  test('what is pinned is neither deleted nor rotated, until it is unpinned', async () => {
    const [first = '', second = '', third = ''] = names
    expect(await told('pin', first)).toEqual({ backup: first, pinned: true })
    expect(await told('show', first)).toMatchObject({ pinned: true })
    const refused = await surface.cli('delete', first, '--yes')
    expect(refused.status).toBe(73)
    expect(refused.stderr).toContain('pinned')
    await told('settings', 'set', '-d', database, 'retention.yearly=1')
    const plan = await told('rotate', database, '--dry-run')
    const planned = (backups: { backup: { name: string } }[]) => backups.map(({ backup }) => backup.name)
    expect([planned(plan.rotated), planned(plan.kept)]).toEqual([[second], [third, first]])
    expect(await listed()).toEqual([third, second, first])
    await told('rotate', database, '--yes')
    expect(await listed()).toEqual([third, first])
    expect(await told('unpin', first)).toEqual({ backup: first, pinned: false })
    await told('delete', first, '--yes')
    expect(await listed()).toEqual([third])
    for (const command of ['show', 'pin', 'download', 'verify', 'restore'])
      expect(
        await surface.cli(command, first, ...(command === 'restore' ? ['--as', 'x1'] : [])),
      ).toMatchObject({
        status: 66,
      })
  })

  test('a token opens the API until it is removed', async () => {
    const { token } = await told('token', 'add', 'nightly', '--role', 'look')
    const ask = () => fetch(`${surface.url}/api/backups`, { headers: { authorization: `Bearer ${token}` } })
    const answer = await ask()
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ items: [{ name: names[2] }] })
    expect((await told('token', 'list')).map(({ name }: { name: string }) => name)).toContain('nightly')
    await told('token', 'remove', 'nightly')
    expect((await ask()).status).toBe(401)
  })

  test('nothing is left once the last one was deleted', async () => {
    await told('delete', names[2] ?? '', '--yes')
    expect(await told('list', '--all')).toEqual([])
  })
})
