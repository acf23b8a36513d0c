import { connect, type Socket } from 'node:net'

export interface LoadOptions {
  readonly url: string
  readonly path: string
  readonly body: string
  /** Of the next request; called once for each. */
  readonly authorization: () => string | undefined
  readonly connections: number
  readonly seconds: number
}

export interface LoadResult {
  readonly requestsPerSecond: number
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[]
  /** How often each status came that is not 200. */
  readonly failures: Readonly<Record<string, number>>
}

/**
 * POST after POST on kept connections, each waiting for its answer. Written on bare sockets, so that the one who
 * measures takes little of the processor from the one who is measured.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = []
  const failures: Record<string, number> = {}
  const end = performance.now() + options.seconds * 1000
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: options.connections }, () =>
      drive(options, end, (milliseconds, status) => {
        latencies.push(milliseconds)
        if (status !== '200') failures[status] = (failures[status] ?? 0) + 1
      }),
    ),
  )
  const seconds = (performance.now() - begun) / 1000
  latencies.sort((one, other) => one - other)
  return { requestsPerSecond: latencies.length / seconds, latencies, failures }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function drive(
  { url, path, body, authorization }: LoadOptions,
  end: number,
  done: (milliseconds: number, status: string) => void,
): Promise<void> {
  const { hostname, port, host } = new URL(url)
  const head = `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname)
    socket.setNoDelay(true)
    let sentAt = 0
    let received = ''
    const send = () => {
      const token = authorization()
      sentAt = performance.now()
      socket.write(`${head}${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}\r\n${body}`)
    }
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${url} closed a connection without an answer.`)))
    socket.on('data', chunk => {
      received += chunk.toString('latin1')
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? 0)
      if (received.length < headEnd + 4 + length) return
      done(performance.now() - sentAt, received.slice(9, 12))
      received = ''
      if (performance.now() < end) send()
      else {
        socket.end()
        resolve()
      }
    })
  })
}
