import {
  DatabaseName,
  DatabaseSettings,
  DatabaseSettingsChange,
  DatabaseView,
  JobView,
  RetentionChange,
  RotationPlan,
} from '@odoo-backup/protocol'
import type { Route } from '@odoo-backup/service'
import { z } from 'zod'
import { mayReach, requireDatabase, requireWholeServer } from '../access/permission.ts'
import type { ApiContext } from './context.ts'
import { guarded } from './guarded.ts'
import { expectedRevisions, REVISION_RULE, withRevision } from './revisions.ts'

const Named = z.object({ database: DatabaseName })
const tags = ['databases']

/** The databases of this server, how each is backed up, and what rotation would do. */
export function databaseRoutes({ access, agent, recent }: ApiContext): Route[] {
  return [
    guarded(access, 'look', {
      method: 'get',
      path: '/databases',
      summary: 'The databases of this server',
      tags,
      answer: z.object({ items: z.array(DatabaseView) }),
      problems: [502, 503],
      handle: async ({ principal }) => ({
        items: (await agent.databases()).filter(database => mayReach(principal, database.name)),
      }),
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/databases/settings',
      summary: 'How each database is backed up',
      tags,
      answer: z.object({ items: z.array(DatabaseSettings) }),
      problems: [502, 503],
      handle: async ({ principal }) => ({
        items: (await agent.databaseSettings()).filter(settings => mayReach(principal, settings.database)),
      }),
    }),
    guarded(access, 'administer', {
      method: 'patch',
      path: '/databases/:database/settings',
      summary: 'Change how a database is backed up; what is left out stays as it is',
      tags,
      params: Named,
      body: DatabaseSettingsChange,
      description: REVISION_RULE,
      answer: DatabaseSettings,
      problems: [412, 422],
      handle: async ({ params, body, principal, request, response }) => {
        requireDatabase(principal, params.database)
        // A destination is a folder of the server, or a place that the agent's own rights reach.
        if (body.destination !== undefined) requireWholeServer(principal)
        recent.forget()
        return withRevision(
          response,
          await agent.changeDatabaseSettings(params.database, body, expectedRevisions(request)),
        )
      },
    }),
    guarded(access, 'look', {
      method: 'post',
      path: '/schedules/preview',
      summary: 'When schedules would run next, which need not be saved',
      tags,
      body: z.strictObject({ schedules: DatabaseSettingsChange.shape.schedules.unwrap() }),
      answer: z.object({ nextRuns: z.array(z.iso.datetime()) }),
      handle: async ({ body }) => ({ nextRuns: [...(await agent.previewSchedules(body.schedules))] }),
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/databases/:database/rotation',
      summary: 'What rotation would delete now, and why; nothing is touched',
      tags,
      params: Named,
      answer: RotationPlan,
      problems: [402, 502, 503],
      handle: ({ params, principal }) => {
        requireDatabase(principal, params.database)
        return agent.rotationPlan(params.database)
      },
    }),
    guarded(access, 'look', {
      method: 'post',
      path: '/databases/:database/rotation/preview',
      summary: 'What rotation would delete by limits that are not saved; frames left out are as saved',
      tags,
      params: Named,
      body: z.strictObject({ retention: RetentionChange }),
      answer: RotationPlan,
      problems: [402, 502, 503],
      handle: ({ params, body, principal }) => {
        requireDatabase(principal, params.database)
        return agent.rotationPlan(params.database, body.retention)
      },
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/databases/:database/rotation',
      summary: 'Rotate now',
      tags,
      params: Named,
      answer: JobView,
      status: 202,
      problems: [402, 502, 503],
      handle: async ({ params, principal }) => {
        requireDatabase(principal, params.database)
        return agent.job(await agent.startRotate(params.database))
      },
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/databases/:database/adoption',
      summary: 'Take backups that no instance claims, such as the former module made, under rotation',
      tags,
      params: Named,
      answer: z.object({ adopted: z.int().min(0) }),
      problems: [402, 502, 503],
      handle: async ({ params, principal }) => {
        requireWholeServer(principal)
        return { adopted: await agent.adoptBackups(params.database) }
      },
    }),
  ]
}
