import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A wire to a server on this machine that can be cut, as a restart of that server does. */
export interface TcpProxy {
  readonly port: number
  /** Breaks every connection and takes no new one. */
  cut(): void
  /** Lets every open connection fall silent, as a server does that vanishes; `new` ones too, or only those. */
  silence(which: 'open' | 'open and new'): void
  /** Takes connections again, and lets new ones speak. */
  mend(): void
  close(): Promise<void>
}

export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  const silent = new WeakSet<Socket>()
  let isCut = false
  let isSilent = false
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
      socket.on('data', bytes => {
        if (!silent.has(socket)) peer.write(bytes)
      })
      socket.on('end', () => {
        if (!silent.has(socket)) peer.end()
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
    mend: () => {
      isCut = false
      isSilent = false
    },
    close: async () => {
      cutAll()
      server.close()
      await once(server, 'close')
    },
  }
}
