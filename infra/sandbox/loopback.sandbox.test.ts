import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, test } from '@jest/globals'
import { sandboxFolder } from './folder.ts'
import { sandboxStatus } from './sandbox.ts'

// Its passwords are in a file and its Ceph asks for none: nobody beyond this machine may reach any of it.

/** The addresses at which a process waits for connections, as the kernel writes them (proc(5), net/tcp). */
function listeningAt(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map(name => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1]
      } catch {
        // It was closed while we looked.
        return undefined
      }
    }),
  )
  // A machine without IPv6 has no table of it.
  const tables = ['tcp', 'tcp6'].map(kind => `/proc/${pid}/net/${kind}`).filter(existsSync)
  return tables.flatMap(table =>
    readFileSync(table, 'utf8')
      .split('\n')
      .flatMap(line => {
        const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
        return state === LISTENING && sockets.has(inode) ? [local] : []
      }),
  )
}

const LISTENING = '0A'
/** 127.0.0.1, and a port. */
const LOOPBACK = /^0100007F:[0-9A-F]{4}$/

test('every server of the sandbox waits on 127.0.0.1, and on no other address', () => {
  for (const { name, pid } of sandboxStatus(sandboxFolder())) {
    const addresses = listeningAt(pid ?? 0)
    expect({ name, elsewhere: addresses.filter(address => !LOOPBACK.test(address)) }).toEqual({
      name,
      elsewhere: [],
    })
    expect({ name, isReached: addresses.length > 0 }).toEqual({ name, isReached: true })
  }
})

test.each([
  ['127.0.0.1', true],
  ['0.0.0.0', false],
])('a server on %s is told from those', async (host, isLoopback) => {
  const server = createServer(socket => socket.destroy()).listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const found = listeningAt(process.pid).filter(each => each.endsWith(suffix))
  server.close()
  expect(found.map(each => LOOPBACK.test(each))).toEqual([isLoopback])
})
