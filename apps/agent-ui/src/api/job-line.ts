import type { JobView } from '@odoo-backup/protocol'

/** What a server-sent stream gives this line; the browser's `EventSource` is one. */
export interface EventStream {
  addEventListener(name: string, listen: (event: { readonly data?: unknown }) => void): void
  close(): void
}

export interface LineWorld {
  /** Opens the stream of all jobs. */
  readonly open: () => EventStream
  /** Asks the agent anything, so that a refusal comes with its reason, which a stream's failure has not. */
  readonly probe: () => Promise<unknown>
  /** Calls later; returns what takes it back. */
  readonly later: (ms: number, run: () => void) => () => void
  /** Between 0 and 1. */
  readonly random: () => number
  readonly read: (data: unknown) => JobView | undefined
}

export interface LineState {
  readonly jobs: ReadonlyMap<string, JobView>
  /** False while nothing comes from the agent. The jobs go on all the same. */
  readonly connected: boolean
  /** Grows with each new connection: what happened in between has to be asked for. */
  readonly round: number
}

/** The agent sends a `beat` every 15 s: after two that stayed away the line is dead, whatever the browser thinks. */
const SILENCE_MS = 40_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
const MOST_JOBS = 1_000

/**
 * One line to the agent for all jobs of a page: browsers allow six per server, and a job each would use them up. It
 * lives while somebody listens and the page is looked at, and after any cut it comes back by itself, the longer the
 * cut lasts the less often, and never all pages of a company at once.
 */
export class JobLine {
  #world: LineWorld
  #state: LineState = { jobs: new Map(), connected: true, round: 0 }
  #listeners = new Set<() => void>()
  #stream: EventStream | undefined
  #cancelSilence = () => {}
  #cancelRetry = () => {}
  #failures = 0
  #awake = true

  constructor(world: LineWorld) {
    this.#world = world
  }

  get state(): LineState {
    return this.#state
  }

  /** Opens the line with the first listener, and closes it with the last. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#connect()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#hangUp()
    }
  }

  /** The page is looked at again, the network is back, somebody signed in: no need to wait for the next try. */
  wake(): void {
    this.#awake = true
    this.#failures = 0
    if (this.#stream === undefined || !this.#state.connected) this.#connect()
  }

  /** Nobody looks at the page. */
  sleep(): void {
    this.#awake = false
    this.#hangUp()
  }

  #connect(): void {
    this.#hangUp()
    if (!this.#awake || this.#listeners.size === 0) return
    const stream = this.#world.open()
    this.#stream = stream
    const mine = (listen: (data: unknown) => void) => (event: { readonly data?: unknown }) => {
      if (this.#stream !== stream) return
      this.#expectBeat()
      listen(event.data)
    }
    stream.addEventListener(
      'open',
      mine(() => {
        this.#failures = 0
        this.#change({ connected: true, round: this.#state.round + 1 })
      }),
    )
    stream.addEventListener(
      'beat',
      mine(() => undefined),
    )
    stream.addEventListener(
      'job',
      mine(data => this.#take(data)),
    )
    stream.addEventListener('error', () => {
      if (this.#stream === stream) this.#lose()
    })
    this.#expectBeat()
  }

  #take(data: unknown): void {
    const job = this.#world.read(data)
    if (job === undefined) return
    const jobs = new Map(this.#state.jobs)
    jobs.delete(job.id)
    jobs.set(job.id, job)
    for (const id of jobs.keys()) {
      if (jobs.size <= MOST_JOBS) break
      jobs.delete(id)
    }
    this.#change({ jobs })
  }

  #expectBeat(): void {
    this.#cancelSilence()
    this.#cancelSilence = this.#world.later(SILENCE_MS, () => this.#lose())
  }

  /** The browser would try again by itself, but not after an answer such as 502; so all of it is done here. */
  #lose(): void {
    this.#hangUp()
    this.#change({ connected: false })
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)
    this.#failures += 1
    this.#cancelRetry = this.#world.later(pause * (0.75 + 0.5 * this.#world.random()), () => {
      this.#world.probe().then(
        () => {
          if (!this.#state.connected && this.#stream === undefined) this.#connect()
        },
        () => {
          if (!this.#state.connected && this.#stream === undefined && this.#awake) this.#lose()
        },
      )
    })
  }

  #hangUp(): void {
    this.#cancelSilence()
    this.#cancelRetry()
    this.#stream?.close()
    this.#stream = undefined
  }

  #change(change: Partial<LineState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}
