import type { Pool } from 'pg'
import type { InstanceId } from './ids.ts'

/** When each instance was last heard of, written in groups: exact to a quarter of a minute, and no load. */
export interface LastSeen {
  note(id: InstanceId): void
  /** Writes what is noted; also done by itself. */
  flush(): Promise<void>
  stop(): Promise<void>
}

const INTERVAL_MILLISECONDS = 15_000

export function createLastSeen(pool: Pool, now: () => Date, onFailure: (error: unknown) => void): LastSeen {
  let noted = new Set<InstanceId>()

  async function flush(): Promise<void> {
    if (noted.size === 0) return
    const ids = [...noted]
    noted = new Set()
    await pool.query('UPDATE instance SET last_seen_at = $2 WHERE id = ANY($1::uuid[])', [ids, now()])
  }

  const timer = setInterval(() => void flush().catch(onFailure), INTERVAL_MILLISECONDS)
  timer.unref()
  return {
    note: id => void noted.add(id),
    flush,
    async stop() {
      clearInterval(timer)
      await flush().catch(onFailure)
    },
  }
}
