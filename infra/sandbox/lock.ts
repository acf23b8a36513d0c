import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` while no other process works on the same folder. The lock is a Linux socket of the abstract
 * name space: the kernel lets go of it when its holder ends, however it ends, so none is ever left behind.
 */
export async function whileAlone<T>(
  folder: string,
  work: () => Promise<T>,
  onWait: () => void = () => undefined,
): Promise<T> {
  const name = `\0odoo-backup-sandbox-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`
  let waiting = false
  let release = await tryToHold(name)
  while (release === undefined) {
    if (!waiting) onWait()
    waiting = true
    await sleep(100)
    release = await tryToHold(name)
  }
  try {
    return await work()
  } finally {
    await release()
  }
}

function tryToHold(name: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((done, fail) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? done(undefined) : fail(error),
    )
    server.listen(name, () => done(() => new Promise(closed => server.close(() => closed()))))
  })
}
