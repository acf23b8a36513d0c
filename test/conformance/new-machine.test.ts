import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { runCli } from '../../apps/agent/src/cli/run.ts'
import { openNoticeBoard } from '../../apps/agent/src/monitor/index.ts'
import { type OpenedAgent, openAgent } from '../../apps/agent/src/open-agent.ts'
import { dropDatabase } from '../../infra/sandbox/drop-database.ts'
import { emptyFolder } from '../fixtures/accounts-store.ts'
import { type AgentInstance, agentInstance, ended, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

const PASSWORD = 'kept in a safe'

let broker: RunningBroker
let user: OdooComUser & { readonly id: string }
/** Of the machine that is lost: what its database was, and the name of its last backup. */
let lost: { readonly database: DatabaseName; readonly whole: object; readonly backup: string }
let machine: AgentInstance
/** The only file of ours on the new machine. */
let configurationFile: string
let queueDatabase: string
const opened: OpenedAgent[] = []

beforeEach(async () => {
  broker = await runBroker()
  user = await newOdooComUser()
  const former = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  const { agent, store } = await former.open()
  const asked = await agent.connect()
  if (asked.state !== 'login_required') throw new Error('the agent was connected already')
  const { code } = await approve(new HttpBrowser(), asked.authLink, user)
  await agent.connect({ ...(code === undefined ? {} : { code }) })
  const database = DatabaseName.parse(await former.odoo.createSample())
  await agent.changeDatabaseSettings(database, {
    encrypted: true,
    encryptionPassword: PASSWORD,
    passwordKeptElsewhere: true,
  })
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  lost = { database, whole: await former.fingerprint(database), backup }
  const formerKey = store.current.userKey
  await former.close()

  // Of the fixture the new machine has Odoo's configuration and its server alone.
  machine = await agentInstance()
  queueDatabase = `test_agent_queue_new_${machine.role.name.slice(-12)}`
  configurationFile = join(machine.folder, 'new', 'agent.conf')
  const first = await open()
  expect(first.store.current.userKey).not.toBe(formerKey)
})
afterEach(async () => {
  for (const agent of opened.splice(0)) await agent.close()
  const client = await machine.odoo.superuser()
  await dropDatabase(client, queueDatabase).finally(() => client.end())
  await machine.close()
  await broker.close()
  await emptyFolder(user.id)
})

/** Whatever is not of the product's defaults here is told by the environment: where the test's servers are. */
async function open(worker: 'if-none-lives' | 'always' | 'never' = 'never'): Promise<OpenedAgent> {
  const agent = await openAgent({
    configurationFile,
    environment: {
      PATH: process.env.PATH,
      ODOO_BACKUP_SH_ODOO_CONF: join(machine.folder, 'odoo.conf'),
      ODOO_BACKUP_SH_BROKER_URL: broker.url,
      ODOO_BACKUP_SH_QUEUE_DATABASE: queueDatabase,
    },
    worker,
    warn: () => undefined,
  })
  opened.push(agent)
  return agent
}

/** The command, with somebody who answers its questions. */
async function command(args: readonly string[], answer?: (said: string) => Promise<string>) {
  let [stdout, stderr] = ['', '']
  const questions: string[] = []
  const output = (add: (text: string) => void) => ({
    isTerminal: false,
    columns: 100,
    write: add,
    writeBytes: async () => undefined,
  })
  const status = await runCli(
    args,
    {
      openAgent: async ({ worker }) => {
        const { agent, store, isLeftToOthers, close } = await open(worker)
        return { agent, notices: openNoticeBoard(agent, store.path), isLeftToOthers, close }
      },
      environment: {},
      stdout: output(text => {
        stdout += text
      }),
      stderr: output(text => {
        stderr += text
      }),
      ask:
        answer &&
        (async (question: string) => {
          questions.push(question)
          return answer(stdout + stderr)
        }),
      readInput: async () => '',
      signal: new AbortController().signal,
      clock: Date.now,
    },
    'test',
  )
  return { status, stdout, stderr, questions }
}

/** What the person does whom `login` asks for a code. */
async function codeFor(said: string): Promise<string> {
  const link = /https?:\/\/\S+/.exec(said)?.[0]
  if (link === undefined) throw new Error(`There is no link in: ${said}`)
  const { code } = await approve(new HttpBrowser(), link, user)
  return code ?? ''
}

test('on a new machine a log-in and the encryption password bring a database back: login, list, restore', async () => {
  const before = await command(['list'])
  expect(before.status).not.toBe(0)
  expect(before.stderr).toContain('odoo-backup login')

  const login = await command(['login'], codeFor)
  expect(login).toMatchObject({ status: 0, questions: [expect.stringContaining('code')] })
  expect((await stat(configurationFile)).mode & 0o777).toBe(0o600)

  const list = await command(['list'])
  expect(list.status).toBe(0)
  expect(list.stdout).toContain(lost.backup)

  // The original is not here, yet nothing says that it is gone for good: who brings it back says so.
  const typed = await command(
    ['restore', lost.backup, '--as', machine.odoo.name(), '--moved'],
    async () => 'not it',
  )
  expect(typed).toMatchObject({ status: 65, questions: ['Encryption password: '] })
  expect(await machine.databases()).toEqual([])

  const name = machine.odoo.name()
  const restored = await command(['restore', lost.backup, '--as', name, '--moved'], async () => PASSWORD)
  expect(restored).toMatchObject({ status: 0, questions: ['Encryption password: '] })
  expect(await machine.fingerprint(name)).toEqual(lost.whole)

  const file = join(machine.folder, 'password')
  await writeFile(file, `${PASSWORD}\n`, { mode: 0o600 })
  const again = machine.odoo.name()
  const byFile = ['restore', lost.backup, '--as', again, '--moved', '--encryption-password-file', file]
  expect(await command(byFile)).toMatchObject({ status: 0, questions: [] })
  expect(await machine.fingerprint(again)).toEqual(lost.whole)
})
