import type { Log, Metrics } from '@odoo-backup/service'
import { AgentError } from '../errors.ts'
import type { NoticeBoard } from '../http/api/context.ts'
import type { Agent } from '../operations.ts'
import { createFactCollector } from './collect-facts.ts'
import { findConditions, isJudged } from './conditions.ts'
import { channelsOf, type DeliverySettings, deliver, withProposed } from './deliver.ts'
import { createFigures } from './figures.ts'
import { Channel, type Memory, type MemoryStore, type Told } from './memory.ts'
import { momentsAfter, momentsOf } from './moments.ts'
import { createOutbox } from './outbox.ts'
import { duePings } from './pings.ts'
import { reconcile } from './reconcile.ts'
import { createPingSender } from './send-pings.ts'

const LOOK_EVERY_MS = 60_000

export interface MonitorOptions {
  readonly agent: Agent
  readonly memory: MemoryStore
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
  /** One look: finds conditions, raises and clears notices, sends what waits. Never rejects. */
  look(): Promise<void>
  /** One look that relies on nothing that was asked before: somebody has just changed what there is to see. */
  lookAnew(): Promise<void>
}

/** Watches whether backups are made, and tells the administrator when they are not. */
export function createMonitor(options: MonitorOptions): Monitor {
  const { agent, memory: store, log, clock = Date.now, everyMs = LOOK_EVERY_MS } = options
  const collect = createFactCollector(agent, log)
  const outbox = createOutbox(log, clock)
  const sendPings = createPingSender(log, clock)
  const figures = createFigures(options.metrics, clock)
  let memory: Memory | undefined
  let written: string | undefined
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  const remember = async () => {
    if (memory !== undefined) return memory
    memory = await store.read()
    written = JSON.stringify(memory)
    return memory
  }
  const watchedSince = (database: string) => new Date(memory?.watchedSince[database] ?? clock())

  async function lookOnce(): Promise<void> {
    const known = await remember()
    const now = new Date(clock())
    const facts = await collect(momentsOf(known, now), now)
    const delivery = await deliverySettings()
    // While nobody knows which ways are set up, a notice waits for all; those that are not are left out later.
    const channels = delivery === undefined ? Channel.options : channelsOf(delivery)
    const judged = (notice: Told) => isJudged(facts, notice)
    const raised = reconcile(known.notices, findConditions(facts), judged, { now, channels })
    const [notices, pinged] =
      delivery === undefined
        ? [raised, known.pinged]
        : await Promise.all([
            outbox.send(raised, delivery),
            ping(facts.jobs ?? [], delivery, known.pinged, now),
          ])
    // Before it is written: what was told must not be told again because there is no room to note it.
    memory = { ...momentsAfter(known, facts), notices, pinged }
    figures.update(facts, notices.filter(notice => notice.clearedAt === undefined).length)
    await note(memory)
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
  ): Promise<Memory['pinged']> {
    const { due, pinged } = duePings(jobs, secrets.pingUrls, before, now)
    const taken = await sendPings(due, notices.allowPrivateAddresses)
    for (const { database, finishedAt } of taken) pinged[database] = finishedAt
    return pinged
  }

  return {
    async look() {
      running = running.then(lookOnce).catch(error => log.error({ err: error }, 'the monitor could not look'))
      await running
    },
    async lookAnew() {
      running = running.then(() => collect.forget())
      await this.look()
    },
    start() {
      const again = () => {
        timer = setTimeout(() => void this.look().then(() => timer && again()), everyMs)
        timer.unref()
      }
      again()
      void this.look()
    },
    async stop() {
      clearTimeout(timer)
      timer = undefined
      await running
    },
    async list() {
      return (await remember()).notices.map(({ waiting: _waiting, ...notice }) => notice)
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
    },
  }
}
