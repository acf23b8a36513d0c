import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const LOWEST = 20_000
/** Below the range from which Linux gives ports to outgoing connections (32768 and up). */
const HIGHEST = 30_000

/** Whether nothing listens on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise(done => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => done(true)))
  })
}

/** As many different free ports as asked for. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let attempts = 0; found.size < count; attempts += 1) {
    if (attempts > 1_000) throw new Error(`No ${count} free ports between ${LOWEST} and ${HIGHEST}.`)
    const port = randomInt(LOWEST, HIGHEST)
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  return [...found]
}
