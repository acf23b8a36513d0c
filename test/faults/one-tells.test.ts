import { appendFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openNoticeBoard } from '../../apps/agent/src/monitor/index.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance } from '../fixtures/agent-instance.ts'
import { type AgentProcess, startAgentProcess } from './agent-process.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until } from './waiting.ts'

const sandbox = sandboxEnvironment()
let proxy: TcpProxy
let instance: AgentInstance
let told: string[]
const closing: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  told = []
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      told.push(body)
      response.end()
    })
  })
  await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise(resolve => receiver.close(resolve)))
  const { port } = receiver.address() as AddressInfo
  proxy = await startTcpProxy(sandbox.pgPort)
  // Workers with one configuration, and PostgreSQL away: what they agree by stands beside the configuration.
  instance = await agentInstance(
    {
      queue: sandbox.redisUrl,
      notice_webhook: `http://127.0.0.1:${port}/hook`,
      notice_private_addresses: 'True',
    },
    `db_port = ${proxy.port}\n`,
  )
  proxy.cut()
})
afterEach(async () => {
  proxy.mend()
  await Promise.all(closing.splice(0).map(close => close()))
  await instance.close()
  await proxy.close()
})

async function start(): Promise<AgentProcess> {
  const service = await startAgentProcess(instance.configurationFile)
  closing.push(() => service.kill())
  return service
}

const tells = ({ log }: AgentProcess) => log.some(line => line.includes('gives notice from now on'))
const toldOf = (words: string) => told.filter(text => text.includes(words)).length

/** What a person asks any of the processes for. */
async function standing(): Promise<string[]> {
  const { agent, store, close } = await instance.open({ worker: 'never' })
  try {
    const notices = await openNoticeBoard(agent, store.path).list()
    return notices.filter(({ clearedAt }) => clearedAt === undefined).map(({ id }) => id)
  } finally {
    await close()
  }
}

test('of two processes one tells; when it dies the other goes on, and repeats nothing', async () => {
  const services = [await start(), await start()]
  const first = await until(async () => services.find(tells))
  const second = services.find(service => service !== first)
  if (second === undefined) throw new Error('there is one process')
  await until(async () => (toldOf('PostgreSQL') > 0 ? true : undefined))
  expect(tells(second)).toBe(false)

  await first.kill()
  await appendFile(instance.configurationFile, '[database:shop]\nodoo_backup_sh_daily_rotation = limitted\n')
  await until(async () => (toldOf('settings of shop') > 0 ? true : undefined))
  expect(tells(second)).toBe(true)
  expect(await standing()).toEqual(expect.arrayContaining(['postgres_down', 'configuration_faulty:shop']))
  expect([toldOf('PostgreSQL'), toldOf('settings of shop'), told.length]).toEqual([1, 1, 2])

  // One that comes back finds that another tells, and what was told.
  const third = await start()
  expect(await second.terminate()).toBe(0)
  await until(async () => (tells(third) ? true : undefined))
  proxy.mend()
  await until(async () => ((await standing()).includes('postgres_down') ? undefined : true))
  expect(told).toHaveLength(2)
})
