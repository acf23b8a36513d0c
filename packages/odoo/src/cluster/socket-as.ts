import { Socket, type SocketConnectOpts } from 'node:net'
import type { SystemUser } from './run-as.ts'

/** Changes who the process acts as; `process` itself, but for tests. */
export type Identity = Pick<Required<typeof process>, 'geteuid' | 'getegid' | 'seteuid' | 'setegid'>

/**
 * A socket whose server sees the given system user: PostgreSQL's `peer` log-in, the default of Debian, asks the
 * kernel who called connect(). Only root can do this. The identity changes for that one call, which Node makes
 * at once for a path, and back before anything else of this thread runs.
 */
export class SocketAs extends Socket {
  readonly #user: SystemUser
  readonly #identity: Identity

  constructor(user: SystemUser, identity: Identity) {
    super()
    this.#user = user
    this.#identity = identity
  }

  override connect(
    target: SocketConnectOpts | string | number,
    second?: string | (() => void),
    third?: () => void,
  ): this {
    if (typeof target !== 'string') throw new TypeError('Only sockets of this machine know a system user.')
    const [uid, gid] = [this.#identity.geteuid(), this.#identity.getegid()]
    this.#identity.setegid(this.#user.gid)
    this.#identity.seteuid(this.#user.uid)
    try {
      return super.connect(target, typeof second === 'function' ? second : third)
    } finally {
      this.#identity.seteuid(uid)
      this.#identity.setegid(gid)
    }
  }
}

/** The part of the driver's settings that connects as a system user; none where it makes no difference. */
export function socketOptions(
  host: string,
  user: SystemUser | undefined,
): { readonly stream?: () => Socket } {
  const { geteuid, getegid, seteuid, setegid } = process
  if (!user || !host.startsWith('/') || !geteuid || !getegid || !seteuid || !setegid) return {}
  if (geteuid() !== 0 || user.uid === 0) return {}
  return { stream: () => new SocketAs(user, { geteuid, getegid, seteuid, setegid }) }
}
