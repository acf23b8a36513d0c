import type { Log, Metrics } from '@odoo-backup/service'
import { AgentError } from '../errors.ts'
import type { NoticeBoard } from '../http/api/context.ts'
import type { Agent } from '../operations.ts'
import { createFactCollector } from './collect-facts.ts'
import { findConditions, isJudged } from './conditions.ts'
import { channelsOf, type DeliverySettings, deliver, withProposed } from './deliver.ts'
import type { Facts } from './facts.ts'
import { createFigures } from './figures.ts'
import type { Lease } from './lease.ts'
import { Channel, type Memory, type MemoryStore, type Told } from './memory.ts'
import { momentsAfter, momentsOf } from './moments.ts'
import { createOutbox, type Keeper } from './outbox.ts'
import { duePings } from './pings.ts'
import { reconcile } from './reconcile.ts'
import { createPingSender } from './send-pings.ts'
import { type Attempt, undeliveredAfter, wayOfPing } from './undelivered.ts'

const LOOK_EVERY_MS = 60_000
/** So soon another process goes on with telling where the one that told has died. */
const HOLD_EVERY_MS = 10_000
/** So long whoever asks for the notices waits for a look that somebody's change gave rise to. */
const PATIENCE_MS = 5_000

export interface MonitorOptions {
  readonly agent: Agent
  readonly memory: MemoryStore
  /** Of several processes with one memory, one alone has it. */
  readonly lease: Lease
  readonly metrics: Metrics
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  readonly everyMs?: number
}

export interface Monitor extends NoticeBoard {
  /** Looks now and then again every minute, each look after the one before. */
  start(): void
  /** Resolves when a look under way has ended. */
  stop(): Promise<void>
  /**
   * One look: finds conditions, raises and clears notices, sends what waits. Where another process does that, only the
   * figures are brought up to date. Never rejects.
   */
  look(): Promise<void>
  /**
   * One look that relies on nothing that was asked before: somebody has just changed what there is to see. Where another
   * process gives notice, it is asked to look.
   */
  lookAnew(): Promise<void>
}

/**
 * Watches whether backups are made, and tells the administrator when they are not. Several processes of one
 * configuration watch, and one of them tells; what it told, the next one finds in the memory.
 */
export function createMonitor(options: MonitorOptions): Monitor {
  const { agent, memory: store, lease, log, clock = Date.now, everyMs = LOOK_EVERY_MS } = options
  const collect = createFactCollector(agent, log)
  const outbox = createOutbox(log, clock)
  const sendPings = createPingSender(log, clock)
  const figures = createFigures(options.metrics, clock)
  /** Of the process that tells; it may know more than could be written. */
  let memory: Memory | undefined
  /** What the others read last of what that one wrote. */
  let seen: Memory | undefined
  let written: string | undefined
  let timers: NodeJS.Timeout[] = []
  let running = Promise.resolve()
  /** The last look that relies on nothing that was asked before. */
  let anew = Promise.resolve()

  /** Whether this process tells; what another one told meanwhile is read when it begins. */
  async function isTelling(): Promise<boolean> {
    if (!(await lease.hold())) {
      if (memory !== undefined) log.info('another process of this configuration gives notice from now on')
      memory = undefined
      return false
    }
    if (memory === undefined) {
      memory = await store.read()
      written = JSON.stringify(memory)
      log.info('this process gives notice from now on')
    }
    return true
  }
  const remembered = async () => {
    if (memory !== undefined) return memory
    seen = await store.read()
    return memory ?? seen
  }
  const watchedSince = (database: string) => new Date((memory ?? seen)?.watchedSince[database] ?? clock())

  async function lookOnce(): Promise<void> {
    const telling = await isTelling()
    if (telling && (await lease.takeAsked())) collect.forget()
    const known = await remembered()
    const now = new Date(clock())
    const facts = await collect(momentsOf(known, now), now)
    const notices = telling && (await lease.isOurs()) ? await tell(known, facts) : known.notices
    figures.update(facts, notices.filter(notice => notice.clearedAt === undefined).length)
  }

  /** Raises, clears and sends; the notices after that. */
  async function tell(known: Memory, facts: Facts): Promise<readonly Told[]> {
    const { now } = facts
    const delivery = await deliverySettings()
    // While nobody knows which ways are set up, a notice waits for all; those that are not are left out later.
    const channels = delivery === undefined ? Channel.options : channelsOf(delivery)
    const judged = (notice: Told) => isJudged(facts, notice)
    const raised = reconcile(known.notices, findConditions(facts), judged, { now, channels })
    let next: Memory = {
      ...momentsAfter(known, facts),
      notices: raised,
      pinged: known.pinged,
      undelivered: known.undelivered,
    }
    const keep = async (change: Partial<Memory> = {}) => {
      next = { ...next, ...change }
      // Whoever has the lease now knows better.
      memory = (await lease.isOurs()) ? next : undefined
      // In memory before it is written: what was told must not be told again because there is no room to note it.
      if (memory !== undefined) await note(memory)
    }
    await keep()
    if (delivery === undefined) return raised
    const keeper: Keeper = { mayTell: () => lease.isOurs(), note: notices => keep({ notices: [...notices] }) }
    const [sent, pings] = await Promise.all([
      outbox.send(raised, delivery, keeper),
      ping(facts.jobs ?? [], delivery, known.pinged, now),
    ])
    const ways = new Set([...channels, ...[...delivery.secrets.pingUrls.keys()].map(wayOfPing)])
    const attempts = [...sent.attempts, ...pings.attempts]
    const undelivered = undeliveredAfter(known.undelivered, attempts, ways, now)
    await keep({ notices: [...sent.notices], pinged: pings.pinged, undelivered })
    return sent.notices
  }

  async function note(next: Memory): Promise<void> {
    const text = JSON.stringify(next)
    if (text === written) return
    try {
      await store.write(next)
      written = text
    } catch (error) {
      log.error({ err: error }, 'what was told cannot be noted: after a restart it will be told once more')
    }
  }

  async function deliverySettings(): Promise<DeliverySettings | undefined> {
    try {
      const [settings, secrets] = await Promise.all([agent.settings(), agent.noticeSecrets()])
      return { notices: settings.notices, secrets }
    } catch (error) {
      log.warn({ err: error }, 'the settings of notices cannot be read')
      return undefined
    }
  }

  async function ping(
    jobs: Parameters<typeof duePings>[0],
    { notices, secrets }: DeliverySettings,
    before: Memory['pinged'],
    now: Date,
  ): Promise<{ pinged: Memory['pinged']; attempts: readonly Attempt[] }> {
    const { due, pinged } = duePings(jobs, secrets.pingUrls, before, now)
    const { taken, attempts } = await sendPings(due, notices.allowPrivateAddresses)
    for (const { database, finishedAt } of taken) pinged[database] = finishedAt
    return { pinged, attempts }
  }

  return {
    async look() {
      running = running.then(lookOnce).catch(error => log.error({ err: error }, 'the monitor could not look'))
      await running
    },
    async lookAnew() {
      running = running.then(() => collect.forget())
      anew = this.look()
      await anew
      if (memory === undefined) await lease.ask()
    },
    start() {
      const every = (milliseconds: number, work: () => Promise<unknown>) => {
        const at = timers.length
        const again = () => {
          const timer = setTimeout(
            () => void work().then(() => timers[at] === timer && again()),
            milliseconds,
          )
          timers[at] = timer.unref()
        }
        again()
      }
      every(everyMs, () => this.look())
      every(HOLD_EVERY_MS, async () => {
        const tells = await lease.hold()
        if (tells && (await lease.takeAsked())) await this.lookAnew()
        else if (tells && memory === undefined) await this.look()
      })
      void this.look()
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      timers = []
      await running
      await lease.release()
    },
    async list() {
      await atMost(PATIENCE_MS, anew)
      return (await remembered()).notices.map(({ waiting: _waiting, ...notice }) => notice)
    },
    watchedSince,
    async test(channel, proposed = {}) {
      const saved = { notices: (await agent.settings()).notices, secrets: await agent.noticeSecrets() }
      const delivery = withProposed(saved, proposed)
      if (!channelsOf(delivery).includes(channel))
        throw new AgentError('invalid_request', `There is no ${channel} to send to: set it up first.`)
      try {
        await deliver(channel, delivery, {
          severity: 'info',
          message: 'This is a trial: notices of your backups come this way.',
        })
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new AgentError('notice_undeliverable', `The trial was not taken. ${reason}`, { cause })
      }
      outbox.tryAgain(channel)
    },
  }
}

/** Resolves with the work, or without it once the time has passed. */
async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<void>(resolve => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, passed])
  clearTimeout(timer)
}
