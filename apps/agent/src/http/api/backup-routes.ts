import { BackupDetails, BackupRequest, BackupView, JobView, UnreachablePlace } from '@odoo-backup/protocol'
import type { Route } from '@odoo-backup/service'
import { z } from 'zod'
import { AgentError } from '../../errors.ts'
import { BackupSelection, selectBackups } from '../../overview/select-backups.ts'
import { mayReachBackup, requireDatabase, requireRole, requireWholeServer } from '../access/permission.ts'
import type { Principal } from '../access/sessions.ts'
import { sendBackup } from '../send-backup.ts'
import type { ApiContext } from './context.ts'
import { guarded } from './guarded.ts'
import { cutPage, PageQuery, pageOf } from './paging.ts'
import { unreachableFor } from './unreachable.ts'

const Named = z.object({ name: z.string().min(1).max(1024) })
const tags = ['backups']

/** Stored backups: listing, looking into, downloading, pinning, verifying, deleting, making. */
export function backupRoutes({ access, agent, recent }: ApiContext): Route[] {
  const reachable = <View extends BackupView>(principal: Principal, backup: View): View => {
    requireDatabase(principal, backup.database)
    if (!mayReachBackup(principal, backup))
      throw new AgentError(
        'not_permitted',
        'Another server made this backup, or it is not adopted yet. Sign in with the master password.',
      )
    return backup
  }
  /** Every route of one backup first learns whose it is, which also answers 404 for what is none. */
  const known = async (principal: Principal, name: string): Promise<BackupDetails> =>
    reachable(principal, await agent.backup(name))

  return [
    guarded(access, 'look', {
      method: 'get',
      path: '/backups',
      summary: 'Complete backups, a page at a time; with `all` archives without `.info` too',
      description:
        'Where a place for backups does not answer, `unreachable` names it and the others are listed.',
      tags,
      query: BackupSelection.extend(PageQuery.shape).extend({ all: z.enum(['true', 'false']).optional() }),
      answer: pageOf(BackupView).extend({ unreachable: z.array(UnreachablePlace) }),
      problems: [402, 502, 503],
      handle: async ({ query, principal }) => {
        const inventory = await recent.inventory()
        const lone = query.all === 'true' ? inventory.loneArchives : []
        const found = [...inventory.backups, ...lone].filter(backup => mayReachBackup(principal, backup))
        const page = cutPage(selectBackups(found, query), query)
        const items = [...(await agent.withMissingFiles(page.items))]
        return { ...page, items, unreachable: unreachableFor(principal, inventory) }
      },
    }),
    guarded(access, 'operate', {
      method: 'post',
      path: '/backups',
      summary: 'Back a database up now',
      tags,
      body: BackupRequest,
      answer: JobView,
      status: 202,
      problems: [404, 503],
      handle: async ({ body, principal }) => {
        requireDatabase(principal, body.database)
        return agent.job(await agent.startBackup(body))
      },
    }),
    guarded(access, 'look', {
      method: 'get',
      path: '/backups/:name',
      summary: 'What is in one backup',
      tags,
      params: Named,
      answer: BackupDetails,
      problems: [404, 502, 503],
      handle: ({ params, principal }) => known(principal, params.name),
    }),
    guarded(access, 'administer', {
      method: 'delete',
      path: '/backups/:name',
      summary: 'Delete a backup, or an archive without `.info`; a pinned one must be unpinned first',
      tags,
      params: Named,
      answer: JobView,
      status: 202,
      problems: [404, 409, 502, 503],
      handle: async ({ params, principal }) => {
        reachable(principal, await agent.archive(params.name))
        return agent.job(await agent.startDelete(params.name))
      },
    }),
    guarded(access, 'administer', {
      method: 'put',
      path: '/backups/:name/pin',
      summary: 'Keep a backup out of rotation',
      tags,
      params: Named,
      status: 204,
      problems: [404, 502, 503],
      handle: async ({ params, principal, response }) => {
        await known(principal, params.name)
        await agent.setPinned(params.name, true)
        recent.forget()
        response.status(204).end()
      },
    }),
    guarded(access, 'administer', {
      method: 'delete',
      path: '/backups/:name/pin',
      summary: 'Let rotation have a backup again',
      tags,
      params: Named,
      status: 204,
      problems: [404, 502, 503],
      handle: async ({ params, principal, response }) => {
        await known(principal, params.name)
        await agent.setPinned(params.name, false)
        recent.forget()
        response.status(204).end()
      },
    }),
    guarded(access, 'operate', {
      method: 'post',
      path: '/backups/:name/verification',
      summary: 'Restore a backup into a hidden scratch database, check it and drop it',
      tags,
      params: Named,
      body: z.strictObject({
        encryptionPassword: z.string().min(1).max(4096).optional(),
        /** Runs functions, triggers and rules of a backup that another server made. */
        trustCode: z.boolean().optional(),
      }),
      answer: JobView,
      status: 202,
      problems: [404, 422, 502, 503],
      handle: async ({ params, body, principal }) => {
        await known(principal, params.name)
        const { encryptionPassword, trustCode } = body
        // Code of a backup runs with all rights of Odoo's role: that is for administrators of the whole server.
        if (trustCode === true) {
          requireRole(principal, 'administer')
          requireWholeServer(principal)
        }
        const options = {
          ...(encryptionPassword === undefined ? {} : { encryptionPassword }),
          ...(trustCode === undefined ? {} : { trustCode }),
        }
        return agent.job(await agent.startVerify(params.name, options))
      },
    }),
    guarded(access, 'administer', {
      method: 'get',
      path: '/backups/:name/content',
      summary: 'The stored archive itself, as it was stored',
      tags,
      params: Named,
      produces: 'application/octet-stream',
      problems: [404, 502, 503],
      handle: async ({ params, principal, response }) => {
        await known(principal, params.name)
        await sendBackup(agent, params.name, response)
      },
    }),
  ]
}
