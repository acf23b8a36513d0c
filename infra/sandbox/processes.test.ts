import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { isFree } from './ports.ts'
import { Processes, type Server } from './processes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'processes-'))
})
afterEach(async () => {
  await new Processes(folder).stop('sleeper', 'SIGKILL')
  rmSync(folder, { recursive: true })
})

const sleeper: Server = {
  name: 'sleeper',
  command: process.execPath,
  args: ['-e', 'setInterval(() => {}, 1000)'],
  stopSignal: 'SIGTERM',
  ready: async () => true,
}
const traceFile = () => join(folder, 'run/sleeper.json')

test('a server is started once, found again by another process and ended', async () => {
  expect(await new Processes(folder).start(sleeper)).toBe(true)
  const pid = new Processes(folder).find('sleeper')
  expect(pid).toBeGreaterThan(1)
  expect(await new Processes(folder).start(sleeper)).toBe(false)
  expect(new Processes(folder).find('sleeper')).toBe(pid)
  expect(await new Processes(folder).stop('sleeper', 'SIGTERM')).toBe(true)
  expect(new Processes(folder).find('sleeper')).toBeUndefined()
  expect(await new Processes(folder).stop('sleeper', 'SIGTERM')).toBe(false)
})

test('a process id that now belongs to another program is neither found nor ended', async () => {
  const processes = new Processes(folder)
  await processes.start(sleeper)
  const trace = JSON.parse(readFileSync(traceFile(), 'utf8'))
  await processes.stop('sleeper', 'SIGTERM')
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await once(stranger, 'spawn')
  // A tick of the clock before the stranger at the latest, however soon that came after the one that it stands for.
  const startedTicks = String(Number(trace.startedTicks) - 1)
  writeFileSync(traceFile(), JSON.stringify({ ...trace, pid: stranger.pid, startedTicks }))
  expect(processes.find('sleeper')).toBeUndefined()
  expect(await processes.stop('sleeper', 'SIGKILL')).toBe(false)
  expect(stranger.exitCode).toBeNull()
  expect(stranger.signalCode).toBeNull()
  stranger.kill('SIGKILL')
  await once(stranger, 'exit')
})

test('a trace of an earlier boot of the machine is not believed', async () => {
  const processes = new Processes(folder)
  await processes.start(sleeper)
  const trace = readFileSync(traceFile(), 'utf8')
  writeFileSync(traceFile(), JSON.stringify({ ...JSON.parse(trace), bootId: 'another' }))
  expect(processes.find('sleeper')).toBeUndefined()
  writeFileSync(traceFile(), trace)
  expect(processes.find('sleeper')).toBeDefined()
})

test('a server that ends at once is reported with the end of its log', async () => {
  const failing = { ...sleeper, args: ['-e', 'console.error("no such disk"); process.exit(1)'] }
  const start = new Processes(folder).start({ ...failing, ready: async () => false })
  await expect(start).rejects.toThrow(/sleeper ended at once[\s\S]*no such disk/)
})

test('a server that does not heed the signal is killed after the time-out', async () => {
  const deaf = {
    ...sleeper,
    args: ['-e', 'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1e3)'],
  }
  const processes = new Processes(folder)
  const ready = async () => readFileSync(processes.logFile('sleeper'), 'utf8').includes('deaf')
  await processes.start({ ...deaf, ready })
  expect(await processes.stop('sleeper', 'SIGTERM', 0.2)).toBe(true)
  expect(processes.find('sleeper')).toBeUndefined()
})

test('a port on which something listens is not free', async () => {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(await isFree(port)).toBe(false)
  server.close()
  await once(server, 'close')
  expect(await isFree(port)).toBe(true)
})
