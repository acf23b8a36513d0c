import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { afterEach, expect, test } from '@jest/globals'
import { createLogger } from '../log/logger.ts'
import { type Listening, listen } from './listen.ts'
import { createShutdown } from './shutdown.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const open: Listening[] = []
afterEach(async () => {
  for (const server of open.splice(0)) {
    const closed = server.close()
    server.cut()
    await closed
  }
})

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}

test('phases run once, last opened first, and a failure does not stop the others', async () => {
  const order: string[] = []
  const shutdown = createShutdown({ log })
  shutdown.phase('database', () => void order.push('database'))
  shutdown.phase('queue', () => {
    order.push('queue')
    throw new Error('broken')
  })
  shutdown.phase('http', async () => void order.push('http'))
  const [first, second] = await Promise.all([shutdown.run('test'), shutdown.run('again')])
  expect(order).toEqual(['http', 'queue', 'database'])
  expect([first, second]).toEqual([false, false])
})

test('a phase that hangs is left behind after its time', async () => {
  const order: string[] = []
  const shutdown = createShutdown({ log })
  shutdown.phase('after', () => void order.push('after'))
  shutdown.phase('hangs', () => new Promise(() => undefined), { timeoutSeconds: 0.02 })
  expect(await shutdown.run('test')).toBe(false)
  expect(order).toEqual(['after'])
})

test('listen gives the real address, on loopback by default', async () => {
  const server = await listen((_request, response) => void response.end('ok'), { port: 0 })
  open.push(server)
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  expect(await (await fetch(server.url)).text()).toBe('ok')
})

test('a port that is taken rejects', async () => {
  const server = await listen(() => undefined, { port: 0 })
  open.push(server)
  await expect(listen(() => undefined, { port: server.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: `Port ${server.port} of 127.0.0.1 is taken by another program: end that one, or set another port.`,
  })
})

test('closing cuts no running request and takes no new one', async () => {
  const begun = deferred()
  const finish = deferred()
  const server = await listen(
    async (_request, response) => {
      response.write('first half, ')
      begun.resolve()
      await finish.promise
      response.end('second half')
    },
    { port: 0 },
  )
  open.push(server)
  const agent = new Agent({ keepAlive: true })
  const running = new Promise<string>((resolve, reject) => {
    request(server.url, { agent }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
  await begun.promise
  const closed = server.close()
  await expect(fetch(server.url)).rejects.toThrow()
  finish.resolve()
  expect(await running).toBe('first half, second half')
  // The client keeps its connection, and the server does not wait for it.
  await closed
  agent.destroy()
})

const program = `
  import { createLogger, createShutdown } from '@odoo-backup/service'
  const shutdown = createShutdown({ log: createLogger({ name: 'child', level: 'silent' }) })
  shutdown.phase('work', () => process.argv[1] === 'hang'
    ? new Promise(done => setTimeout(done, 9000, process.stdout.write('closing')))
    : void process.stdout.write('closed'))
  shutdown.onSignals()
  setInterval(() => {}, 1000)
  process.stdout.write('ready')
`

function startProgram(mode: string) {
  const child = spawn(
    process.execPath,
    ['--conditions=odoo-backup-source', '--import', 'tsx', '--input-type=module', '-e', program, mode],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  const waiters = new Set<() => void>()
  child.stdout.on('data', data => {
    output += data
    for (const check of waiters) check()
  })
  const printed = (text: string) =>
    new Promise<void>(resolve => {
      const check = () => {
        if (output.includes(text)) resolve()
      }
      waiters.add(check)
      check()
    })
  return { child, printed, exited: once(child, 'exit') }
}

test('SIGTERM ends a process in order with status 0', async () => {
  const { child, printed, exited } = startProgram('quick')
  await printed('ready')
  child.kill('SIGTERM')
  await printed('closed')
  expect(await exited).toEqual([0, null])
})

test('a second signal ends at once', async () => {
  const { child, printed, exited } = startProgram('hang')
  await printed('ready')
  child.kill('SIGINT')
  await printed('closing')
  child.kill('SIGTERM')
  expect(await exited).toEqual([143, null])
})
