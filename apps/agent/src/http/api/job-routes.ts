import { setTimeout as wait } from 'node:timers/promises'
import { JobId, JobKind, JobLog, JobView } from '@odoo-backup/protocol'
import type { Route } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { isFinal } from '../../operations/job-view.ts'
import { mayReach, requireDatabase } from '../access/permission.ts'
import type { Principal } from '../access/sessions.ts'
import type { ApiContext } from './context.ts'
import { sendEvents } from './event-stream.ts'
import { guarded } from './guarded.ts'
import { cutPage, PageQuery, pageOf } from './paging.ts'

const Identified = z.object({ id: JobId })
const tags = ['jobs']
const LOOK_AGAIN_MS = 1000

/** What runs, waits and has run. */
export function jobRoutes({ access, agent, recent, ending }: ApiContext): Route[] {
  const known = async (principal: Principal, id: JobId): Promise<JobView> => {
    const job = await agent.job(id)
    requireDatabase(principal, job.database)
    return job
  }
  /** Does something to a job that is in reach, and returns how it stands then. */
  const change = async (principal: Principal, id: JobId, work: (id: JobId) => Promise<void>) => {
    await known(principal, id)
    await work(id)
    return agent.job(id)
  }
  const reachable = async (principal: Principal) =>
    (await agent.jobs()).filter(job => mayReach(principal, job.database))

  /** Every job whose state differs from what was told last; to begin with those that have not ended. */
  async function* changes(principal: Principal, signal: AbortSignal): AsyncIterable<JobView> {
    let told: ReadonlyMap<JobId, string> | undefined
    while (!signal.aborted) {
      const before = told
      const now = new Map<JobId, string>()
      for (const job of await recent.jobs()) {
        if (!mayReach(principal, job.database)) continue
        const state = JSON.stringify(job)
        now.set(job.id, state)
        if (before === undefined ? isFinal(job.state) : before.get(job.id) === state) continue
        yield job
      }
      told = now
      await wait(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  const stream = (
    request: Request,
    response: Response,
    source: (signal: AbortSignal) => AsyncIterable<JobView>,
  ) => sendEvents(response, { name: 'job', source, ending, isWelcome: () => access.isWelcome(request) })

  return [
    guarded(access, 'look', {
      method: 'get',
      path: '/jobs',
      summary: 'Jobs, newest first, a page at a time',
      tags,
      query: PageQuery.extend({
        database: z.string().max(63).optional(),
        kind: JobKind.optional(),
        state: JobView.shape.state.optional(),
      }),
      answer: pageOf(JobView),
      problems: [503],
      handle: async ({ query, principal }) => {
        const jobs = (await reachable(principal)).filter(
          job =>
            (query.database === undefined || job.database === query.database) &&
            (query.kind === undefined || job.kind === query.kind) &&
            (query.state === undefined || job.state === query.state),
        )
        return cutPage(jobs, query)
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/jobs/events',
      summary:
        'All jobs live: an event `job` for each that has not ended, then whenever one changes; `beat` now and then',
      tags,
      produces: 'text/event-stream',
      problems: [503],
      handle: async ({ request, response, principal }) => {
        // A queue that is away is a 503, not an empty stream.
        await recent.jobs()
        await stream(request, response, signal => changes(principal, signal))
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/jobs/:id',
      summary: 'One job',
      tags,
      params: Identified,
      answer: JobView,
      problems: [404, 503],
      handle: ({ params, principal }) => known(principal, params.id),
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/jobs/:id/log',
      summary: 'What a job says of itself, line by line',
      tags,
      params: Identified,
      answer: JobLog,
      problems: [404, 503],
      handle: async ({ params, principal }) => {
        await known(principal, params.id)
        return agent.jobLog(params.id)
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/jobs/:id/events',
      summary: 'One job live: an event `job` at each change, then `end`',
      tags,
      params: Identified,
      produces: 'text/event-stream',
      problems: [404, 503],
      handle: async ({ params, principal, request, response }) => {
        await known(principal, params.id)
        await stream(request, response, signal => agent.follow(params.id, signal))
      },
    }),
    guarded(access, 'operate', {
      method: 'post',
      path: '/jobs/:id/try-again',
      summary: 'Try a job again at once whose last try failed, instead of at the end of its pause',
      tags,
      params: Identified,
      answer: JobView,
      status: 202,
      problems: [404, 409, 503],
      handle: ({ params, principal }) => change(principal, params.id, id => agent.tryAgain(id)),
    }),
    guarded(access, 'operate', {
      method: 'delete',
      path: '/jobs/:id',
      summary:
        'Cancel a job: what a backup or restore had begun is removed; what a rotation had deleted is gone',
      tags,
      params: Identified,
      answer: JobView,
      status: 202,
      problems: [404, 409, 503],
      handle: ({ params, principal }) => change(principal, params.id, id => agent.cancel(id)),
    }),
  ]
}
