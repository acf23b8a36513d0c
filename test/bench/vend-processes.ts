import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { SandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { storeSettings } from '../../infra/services/broker-surroundings.ts'

const root = join(import.meta.dirname, '../..')

/** A server that is measured, in a process of its own. */
export interface Measured {
  readonly url: string
  residentMiB(): number
  /** Resolves when the process has ended. */
  stop(): Promise<void>
}

/** The broker as built, on the sandbox and a registry of the benchmark's own, without Redis and without billing. */
export async function startBroker(
  sandbox: SandboxEnvironment,
  { databaseUrl, hashingKeys }: { readonly databaseUrl: string; readonly hashingKeys: string },
): Promise<Measured> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = start('apps/broker/dist/main.js', {
    BROKER_PORT: String(port),
    BROKER_PUBLIC_URL: url,
    BROKER_DATABASE_URL: databaseUrl,
    BROKER_HASHING_KEYS: hashingKeys,
    BROKER_SEALING_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    BROKER_ODOO_CLIENT_ID: sandbox.oauthClientId,
    ...storeSettings(sandbox),
    // Limits count, and stop nobody here.
    BROKER_RATE_PER_KEY: '1000000000',
    BROKER_RATE_PER_ADDRESS: '1000000000',
  })
  await reachable(child, `${url}/readyz`)
  return measured(child, url)
}

/** Express with one route that answers this. */
export async function startBare(answer: string): Promise<Measured> {
  const port = await freePort()
  const child = start('test/bench/vend-bare.mjs', { BARE_ANSWER: answer, BARE_PORT: String(port) })
  await reachable(child, `http://127.0.0.1:${port}/`)
  return measured(child, `http://127.0.0.1:${port}`)
}

/** All are started in the same way, so that Node has the same settings in each. */
function start(file: string, environment: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [join(root, file)], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // Also one that was still on its way up when the benchmark was interrupted.
  process.once('exit', () => child.kill('SIGTERM'))
  return child
}

function measured(child: ChildProcess, url: string): Measured {
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
    residentMiB() {
      const [, kilobytes = '0'] =
        /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
      return Math.round(Number(kilobytes) / 1024)
    },
  }
}

async function reachable(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer !== undefined && answer.status < 500) return
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${url} did not come up.`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
