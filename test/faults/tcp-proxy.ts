import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Gate } from '../fixtures/gate.ts'

/** Where a wire stops: at words of the client, before the server gets them or before its answer comes back. */
export interface Stop {
  readonly words: string
  /** Words that must have been said before on the same connection. */
  readonly after?: string
  readonly before: 'request' | 'answer'
  readonly gate: Gate
}

/** A wire to a server on this machine that can be cut, as a failing network is, or held at a word. */
export interface TcpProxy {
  readonly port: number
  /** Breaks every connection and takes no new one. */
  cut(): void
  /** Lets every open connection fall silent, as a server does that vanishes; `new` ones too, or only those. */
  silence(which: 'open' | 'open and new'): void
  /** Stops the first connection on which these words come next. */
  stopAt(stop: Stop): void
  /** Takes connections again, lets new ones speak, and stops at no words any more. */
  mend(): void
  close(): Promise<void>
}

export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  const silent = new WeakSet<Socket>()
  let isCut = false
  let isSilent = false
  let stop: Stop | undefined
  const server = createServer(client => {
    if (isCut) {
      client.resetAndDestroy()
      return
    }
    const onward = connect(port, '127.0.0.1')
    for (const [socket, peer] of [
      [client, onward],
      [onward, client],
    ] as const) {
      open.add(socket)
      if (isSilent) silent.add(socket)
      let said = false
      let before = Promise.resolve()
      const pass = async (bytes: Buffer) => {
        const met = socket === client && stop !== undefined && bytes.includes(stop.words) ? stop : undefined
        const isHere = met !== undefined && (met.after === undefined || said)
        if (stop?.after !== undefined && bytes.includes(stop.after)) said = true
        if (isHere) {
          stop = undefined
          onward.pause()
          if (met.before === 'answer') peer.write(bytes)
          met.gate.arrive()
          await met.gate.opened
          onward.resume()
          if (met.before === 'answer') return
        }
        if (!silent.has(socket)) peer.write(bytes)
      }
      socket.on('data', (bytes: Buffer) => {
        before = before.then(() => pass(bytes))
      })
      socket.on('end', () => {
        before = before.then(() => {
          if (!silent.has(socket)) peer.end()
        })
      })
      socket.on('error', () => peer.destroy())
      socket.on('close', () => {
        open.delete(socket)
        peer.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  const cutAll = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    port: address.port,
    cut: () => {
      isCut = true
      cutAll()
    },
    silence: which => {
      for (const socket of open) silent.add(socket)
      isSilent = which === 'open and new'
    },
    stopAt: chosen => {
      stop = chosen
    },
    mend: () => {
      isCut = false
      isSilent = false
      stop = undefined
    },
    close: async () => {
      cutAll()
      server.close()
      await once(server, 'close')
    },
  }
}
