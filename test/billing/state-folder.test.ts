import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { createBillingControl } from '../../apps/broker/src/billing/control.ts'
import { createFolderWitness } from '../../apps/broker/src/billing/witness/folder-witness.ts'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { startBrokerProcess } from '../fixtures/broker-process.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'
import { brokerEnvironment } from '../fixtures/running-broker.ts'
import { smallDisk } from '../fixtures/small-disk.ts'

// The folder in which a broker without Redis notes how far its books have come, and what may be wrong with it.

let registry: TestRegistry
let folder: string
let environment: Record<string, string>
beforeAll(async () => {
  registry = await openTestRegistry()
})
afterAll(() => registry.drop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-folder-'))
  await registry.pool.query('DELETE FROM billing_control')
  environment = {
    ...brokerEnvironment('http://127.0.0.1', registry.databaseUrl),
    BROKER_PORT: '0',
    BROKER_STATE_FOLDER: folder,
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A broker's process that begins now, and what it logs. */
function started() {
  const lines: string[] = []
  const control = createBillingControl({
    pool: registry.pool,
    witness: createFolderWitness(folder),
    now: () => new Date(),
    log: createLogger({ name: 'test', destination: { write: line => void lines.push(line) } }),
  })
  return { control, lines }
}

test('while its newest file makes no sense billing rests, the log names it, and a force replaces it', async () => {
  expect(await started().control.rest()).toBeUndefined()
  const file = join(folder, 'books.7.json')
  await writeFile(file, '{"books":')
  const { control, lines } = started()
  expect(await control.rest()).toMatchObject({ cause: 'unwitnessed' })
  await expect(control.resume('operator')).rejects.toMatchObject({ code: 'unwitnessed' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain(`${file} makes no sense`)
  await control.resume('operator', { force: true })
  expect(await control.rest()).toBeUndefined()
  expect(await started().control.rest()).toBeUndefined()
})

test('whoever removes its damaged files reconciles instead', async () => {
  expect(await started().control.rest()).toBeUndefined()
  await writeFile(join(folder, 'books.7.json'), 'damaged')
  const { control } = started()
  expect(await control.rest()).toMatchObject({ cause: 'unwitnessed' })
  for (const name of await readdir(folder)) await rm(join(folder, name))
  await expect(control.resume('operator')).rejects.toMatchObject({ code: 'not_reconciled' })
})

/** Status and output of a start that fails. */
async function failedStart(): Promise<{ status: number | null; output: string }> {
  const broker = startBrokerProcess(environment)
  const closed = new Promise(ended => broker.child.once('close', ended))
  // One that starts all the same is ended.
  await broker.listening().then(
    () => broker.end(),
    () => undefined,
  )
  await closed
  return { status: broker.child.exitCode, output: broker.output() }
}
const billing = (...args: string[]) => brokerCommand(['billing', ...args, '--why', 'a test'], environment)

test('where nothing would remember how far the books had come, neither the broker nor a command on money starts', async () => {
  environment.BROKER_STATE_FOLDER = ''
  const why = 'BROKER_STATE_FOLDER: is not set, and neither is BROKER_REDIS_URL'
  expect(await failedStart()).toEqual({ status: 78, output: expect.stringContaining(why) })
  expect(await billing('revenue')).toMatchObject({ status: 78, stderr: expect.stringContaining(why) })
  // Where no money moves there is nothing to remember.
  environment.BROKER_IAP_SERVICE_KEY = ''
  expect(await billing('revenue')).toMatchObject({ status: 0 })
})

test('on a full disk neither starts, and both say so', async () => {
  const disk = await smallDisk(1)
  try {
    environment.BROKER_STATE_FOLDER = disk.folder
    await disk.leave(0)
    const why = `BROKER_STATE_FOLDER: ${disk.folder} cannot be written (ENOSPC). Its disk is full: free space there.`
    expect(await failedStart()).toEqual({
      status: 1,
      output: expect.stringContaining(`The broker did not start: ${why}`),
    })
    expect(await billing('revenue')).toMatchObject({ status: 1, stderr: expect.stringContaining(why) })
    await disk.empty()
    expect(await billing('revenue')).toMatchObject({ status: 0 })
  } finally {
    await disk.close()
  }
})

test('a command makes no folder: it would know of no books, and let billing rest for all', async () => {
  await rm(folder, { recursive: true })
  expect(await billing('revenue')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/cannot be read \(ENOENT\).*run commands on its machine/),
  })
  expect(await started().control.rest()).toMatchObject({ cause: 'unwitnessed' })
})
