import { createHash } from 'node:crypto'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import {
  type AtGate,
  type Fault,
  type FaultProxy,
  type SeenRequest,
  startFaultProxy,
} from '../fixtures/fault-proxy.ts'
import { type Gate, gate } from '../fixtures/gate.ts'
import { type Stop, startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** A point in a job's life, as its talk with the store or with PostgreSQL shows it. */
export type Moment = { readonly what: string } & (
  | {
      readonly at: 'store'
      readonly request: (request: SeenRequest) => boolean
      /** Which of these requests, from 1. */
      readonly nth?: number
      /** Also all of them that come after it: the work comes to rest, where it would else go on beside it. */
      readonly andLater?: boolean
      readonly before: AtGate['before']
      readonly bytes?: number
    }
  | ({ readonly at: 'postgres' } & Omit<Stop, 'gate'>)
)

/** Numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: string): () => number {
  let turn = 0
  return () => createHash('sha256').update(`${seed} ${turn++}`).digest().readUInt32BE(0) / 2 ** 32
}

/** So many moments: one of each kind, in a drawn order, then drawn ones. */
export function drawMoments(
  kinds: readonly ((random: () => number) => Moment)[],
  count: number,
  random: () => number,
): Moment[] {
  const left = [...kinds]
  return Array.from({ length: count }, () => {
    const from = left.length > 0 ? left : kinds
    const index = Math.floor(random() * from.length)
    const kind = from[index]
    if (left.length > 0) left.splice(index, 1)
    if (kind === undefined) throw new Error('There are no kinds of moments.')
    return kind(random)
  })
}

/** The ways of an agent to the store and to PostgreSQL, watched for a moment. */
export interface Watched {
  readonly store: FaultProxy
  readonly postgres: TcpProxy
  /** The gate at which the agent stops when it gets to the moment. */
  watchFor(moment: Moment): Gate
  /** Lets everything pass. */
  look(): void
  close(): Promise<void>
}

export async function watchAgent(): Promise<Watched> {
  const sandbox = sandboxEnvironment()
  let choose: (request: SeenRequest) => Fault | undefined = () => undefined
  const store = await startFaultProxy(sandbox.s3Endpoint, request => choose(request))
  const postgres = await startTcpProxy(sandbox.pgPort)
  const look = () => {
    choose = () => undefined
    postgres.mend()
  }
  return {
    store,
    postgres,
    look,
    watchFor: moment => {
      look()
      const here = gate()
      if (moment.at === 'postgres') {
        postgres.stopAt({ ...moment, gate: here })
        return here
      }
      let left = moment.nth ?? 1
      const { before, bytes, andLater = false } = moment
      choose = request =>
        moment.request(request) && (--left === 0 || (andLater && left < 0))
          ? { kind: 'gate', before, gate: here, ...(bytes === undefined ? {} : { bytes }) }
          : undefined
      return here
    },
    close: async () => {
      await store.close()
      await postgres.close()
    },
  }
}
