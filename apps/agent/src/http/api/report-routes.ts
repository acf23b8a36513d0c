import {
  CalendarDay,
  Finding,
  Notice,
  NoticesChange,
  Overview,
  UnreachablePlace,
  UsagePoint,
} from '@odoo-backup/protocol'
import type { Route } from '@odoo-backup/service'
import { z } from 'zod'
import { overviewOf } from '../../overview/overview.ts'
import { storedByPlace } from '../../overview/stored-by-place.ts'
import { calendarOf } from '../../usage/calendar.ts'
import { storageUsage } from '../../usage/storage-usage.ts'
import { mayReach, mayReachBackup, requireWholeServer } from '../access/permission.ts'
import type { ApiContext } from './context.ts'
import { guarded } from './guarded.ts'
import { unreachableFor } from './unreachable.ts'

const TimeZone = z
  .string()
  .min(1)
  .max(64)
  .default('UTC')
  .describe('Whose days they are: an IANA name, such as `Europe/Berlin`; one that is not known counts as UTC')

/** What the agent has to tell: notices, usage over time, its own health. */
export function reportRoutes({ access, agent, notices, recent, clock }: ApiContext): Route[] {
  return [
    guarded(access, 'look', {
      method: 'get',
      path: '/overview',
      summary:
        'Am I safe? The last good and last verified backup of each database, what is overdue, what failed',
      tags: ['reports'],
      query: z.object({ timeZone: TimeZone }),
      answer: Overview,
      problems: [402, 502, 503],
      handle: async ({ query, principal }) => {
        const [{ inventory, at }, settings, jobs, databases] = await Promise.all([
          recent.known(),
          agent.databaseSettings(),
          agent.jobs().catch(() => undefined),
          agent.databases().catch(() => undefined),
        ])
        const backups = inventory.backups.filter(backup => mayReachBackup(principal, backup))
        const places = principal.database === undefined ? storedByPlace(backups, inventory.placeOf) : []
        const overview = overviewOf({
          unreachable: unreachableFor(principal, inventory),
          backups,
          settings: settings.filter(known => mayReach(principal, known.database)),
          jobs,
          existing: databases && new Set(databases.map(database => database.name)),
          watchedSince: database => notices.watchedSince(database),
          now: new Date(clock()),
          timeZone: query.timeZone,
        })
        return {
          ...overview,
          ...(places.length > 1 ? { places } : {}),
          ...(at === undefined ? {} : { asOf: at.toISOString(), refreshing: true as const }),
        }
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/usage',
      summary: 'How much is stored, day by day, by the backups that still exist',
      tags: ['reports'],
      query: z.object({ days: z.coerce.number().int().min(1).max(366).default(30), timeZone: TimeZone }),
      answer: z.object({ items: z.array(UsagePoint), unreachable: z.array(UnreachablePlace) }),
      problems: [402, 502, 503],
      handle: async ({ query, principal }) => {
        const { inventory } = await recent.known()
        const backups = inventory.backups.filter(backup => mayReachBackup(principal, backup))
        return {
          items: storageUsage(backups, new Date(clock()), query.days, query.timeZone),
          unreachable: unreachableFor(principal, inventory),
        }
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/calendar',
      summary: 'On which days backups were made that still exist',
      tags: ['reports'],
      query: z.object({
        days: z.coerce.number().int().min(1).max(1100).default(366),
        database: z.string().max(63).optional(),
        timeZone: TimeZone,
      }),
      answer: z.object({ items: z.array(CalendarDay), unreachable: z.array(UnreachablePlace) }),
      problems: [402, 502, 503],
      handle: async ({ query, principal }) => {
        const inventory = await recent.inventory()
        const backups = inventory.backups.filter(
          backup =>
            mayReachBackup(principal, backup) &&
            (query.database === undefined || query.database === backup.database),
        )
        return {
          items: calendarOf(backups, new Date(clock()), query),
          unreachable: unreachableFor(principal, inventory),
        }
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/notices',
      summary: 'What the administrator should know: standing notices, then those that passed',
      tags: ['reports'],
      answer: z.object({ items: z.array(Notice) }),
      handle: async ({ principal }) => ({
        items: (await notices.list()).filter(notice =>
          notice.database === undefined
            ? principal.database === undefined
            : mayReach(principal, notice.database),
        ),
      }),
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/notices/test',
      summary: 'Send a trial message the way notices go, or would go with settings that are not saved yet',
      tags: ['reports'],
      body: z.strictObject({ channel: z.enum(['mail', 'webhook']), notices: NoticesChange.optional() }),
      status: 204,
      problems: [502],
      handle: async ({ body, principal, response }) => {
        requireWholeServer(principal)
        await notices.test(body.channel, body.notices)
        response.status(204).end()
      },
    }),
    guarded(access, 'operate', {
      method: 'get',
      path: '/doctor',
      summary: 'Checks everything the agent stands on, and says what to do for each fault',
      tags: ['reports'],
      answer: z.object({ items: z.array(Finding) }),
      handle: async ({ principal }) => {
        requireWholeServer(principal)
        return { items: await collect(agent.doctor()) }
      },
    }),
  ]
}

async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of source) items.push(item)
  return items
}
