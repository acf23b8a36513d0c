import { describe, expect, test } from '@jest/globals'
import { JobView } from '@odoo-backup/protocol'
import { JobLine } from './job-line.ts'

class Stream {
  closed = false
  #listeners = new Map<string, (event: { data?: unknown }) => void>()
  addEventListener(name: string, listen: (event: { data?: unknown }) => void) {
    this.#listeners.set(name, listen)
  }
  close() {
    this.closed = true
  }
  tell(name: string, data?: unknown) {
    this.#listeners.get(name)?.({ data })
  }
}

/** A world whose time passes when the test says so. */
function stage() {
  const streams: Stream[] = []
  const timers: { at: number; run: () => void }[] = []
  let now = 0
  const world = { answers: true, probes: 0 }
  const line = new JobLine({
    open: () => {
      const stream = new Stream()
      streams.push(stream)
      return stream
    },
    probe: async () => {
      world.probes += 1
      if (!world.answers) throw new Error('502')
    },
    later: (ms, run) => {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => {
        const index = timers.indexOf(timer)
        if (index >= 0) timers.splice(index, 1)
      }
    },
    random: () => 0.5,
    read: data => JobView.safeParse(data).data,
  })
  const pass = async (ms: number) => {
    const until = now + ms
    for (;;) {
      const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      now = next.at
      timers.splice(timers.indexOf(next), 1)
      next.run()
      for (let turn = 0; turn < 4; turn++) await Promise.resolve()
    }
    now = until
  }
  return { line, streams, world, pass, live: () => streams.filter(stream => !stream.closed) }
}

const job = (id: string, state = 'active') =>
  JobView.parse({
    id,
    kind: 'backup',
    state,
    database: 'shop',
    createdAt: '2026-01-01T00:00:00Z',
    attempt: 1,
  })

describe('the line to all jobs', () => {
  test('is one, however many listen, and ends with the last of them', () => {
    const { line, streams, live } = stage()
    const leave = [line.listen(() => {}), line.listen(() => {}), line.listen(() => {})]
    expect(streams).toHaveLength(1)
    for (const leaveOne of leave) leaveOne()
    expect(live()).toHaveLength(0)
  })

  test('knows of each job what was said of it last', () => {
    const { line, streams } = stage()
    line.listen(() => {})
    streams[0]?.tell('open')
    streams[0]?.tell('job', job('a'))
    streams[0]?.tell('job', job('b'))
    streams[0]?.tell('job', job('a', 'completed'))
    streams[0]?.tell('job', 'no job')
    expect([...line.state.jobs.values()].map(({ id, state }) => [id, state])).toEqual([
      ['b', 'active'],
      ['a', 'completed'],
    ])
  })

  test('after a refusal of any status it tries again, ever more rarely, until it is back', async () => {
    const { line, streams, world, pass } = stage()
    line.listen(() => {})
    streams[0]?.tell('open')
    world.answers = false
    streams[0]?.tell('error')
    expect(line.state.connected).toBe(false)
    await pass(60_000)
    const early = world.probes
    expect(early).toBeGreaterThanOrEqual(5)
    await pass(600_000)
    expect(world.probes - early).toBeLessThanOrEqual(21)
    world.answers = true
    await pass(40_000)
    expect(streams).toHaveLength(2)
    streams[1]?.tell('open')
    expect(line.state).toMatchObject({ connected: true, round: 2 })
  })

  test('a line that fell silent, as after a sleep, is dropped and taken up anew', async () => {
    const { line, streams, pass, live } = stage()
    line.listen(() => {})
    streams[0]?.tell('open')
    for (let beat = 0; beat < 10; beat++) {
      await pass(15_000)
      streams[0]?.tell('beat')
    }
    expect(streams).toHaveLength(1)
    await pass(42_000)
    expect(streams[0]?.closed).toBe(true)
    expect(live()).toHaveLength(1)
  })

  test('it rests while nobody looks, and is back at once when somebody does', async () => {
    const { line, streams, pass, live } = stage()
    line.listen(() => {})
    streams[0]?.tell('open')
    line.sleep()
    await pass(600_000)
    expect(live()).toHaveLength(0)
    line.wake()
    expect(live()).toHaveLength(1)
    line.wake()
    expect(streams).toHaveLength(2)
  })

  test('what an abandoned stream still says counts for nothing', async () => {
    const { line, streams, pass } = stage()
    line.listen(() => {})
    streams[0]?.tell('error')
    await pass(2_000)
    streams[1]?.tell('open')
    streams[0]?.tell('error')
    streams[0]?.tell('job', job('a'))
    expect(line.state).toMatchObject({ connected: true, jobs: new Map() })
  })

  test('a page that stays open for weeks keeps a bounded number of jobs, the newest', () => {
    const { line, streams } = stage()
    line.listen(() => {})
    for (let index = 0; index < 1_100; index++) streams[0]?.tell('job', job(`job-${index}`))
    expect(line.state.jobs.size).toBe(1_000)
    expect(line.state.jobs.has('job-1099')).toBe(true)
  })
})
