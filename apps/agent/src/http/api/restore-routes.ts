import { JobView, RestorePlan, RestorePlanRequest, RestoreRequest } from '@odoo-backup/protocol'
import type { Route } from '@odoo-backup/service'
import { z } from 'zod'
import { AgentError } from '../../errors.ts'
import { requireWholeServer } from '../access/permission.ts'
import type { ApiContext } from './context.ts'
import { guarded } from './guarded.ts'

/** Never a path of the server: what a browser has is uploaded first. */
const fromBrowser = {
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('stored'), backup: z.string().min(1).max(1024) }),
    z.object({
      kind: z.literal('upload'),
      upload: z.string().min(1).max(64),
      /** What the file is called in the browser: what is proposed is called after it where nothing in it can be read. */
      name: z.string().min(1).max(1024).optional(),
    }),
  ]),
  encryptionPassword: z.string().min(1).max(4096).optional(),
}
type BrowserSource = z.infer<typeof fromBrowser.source>

/** As the command line restores. */
const ApiRestore = RestoreRequest.extend({
  ...fromBrowser,
  /** Asked of sessions, whose page may have been left open; a token stands for itself. */
  masterPassword: z.string().min(1).max(4096).optional(),
})
const ApiRestorePlan = RestorePlanRequest.extend(fromBrowser)

const Suffix = z.enum(['zip', 'dump', 'zip.enc', 'dump.enc'])

/** Restoring, which concerns the whole server: it makes a database, or moves one aside. */
export function restoreRoutes({ access, agent, uploads, log }: ApiContext): Route[] {
  const sourceOf = async (source: BrowserSource): Promise<RestoreRequest['source']> =>
    source.kind === 'stored'
      ? source
      : {
          kind: 'file',
          path: await uploads.pathOf(source.upload),
          removeAfter: true,
          ...(source.name === undefined ? {} : { name: source.name }),
        }
  return [
    guarded(access, 'administer', {
      method: 'post',
      path: '/restores/plan',
      summary: 'What a restore would do, and what speaks against it, before it is begun; nothing is changed',
      description:
        'Opens the directory of the archive, tries the password on its first bytes, looks at the name, at disks and versions. Without `database` a free name is proposed. What `copy` and `neutralise` say is what a restore does that leaves both out.',
      tags: ['restore'],
      body: ApiRestorePlan,
      answer: RestorePlan,
      problems: [404, 502, 503],
      handle: async ({ body, principal }) => {
        requireWholeServer(principal)
        const { encryptionPassword, source, ...rest } = body
        const request = RestorePlanRequest.parse({ ...rest, source: await sourceOf(source) })
        return agent.planRestore(request, encryptionPassword === undefined ? {} : { encryptionPassword })
      },
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/restores',
      summary: 'Restore a stored backup or an upload into a database',
      tags: ['restore'],
      body: ApiRestore,
      answer: JobView,
      status: 202,
      problems: [404, 409, 422, 502, 503, 507],
      handle: async ({ body, principal, request }) => {
        requireWholeServer(principal)
        const { encryptionPassword, masterPassword, source, ...rest } = body
        if (access.session(request)?.principal === principal) {
          if (masterPassword === undefined)
            throw new AgentError('master_password_required', 'A restore asks for the master password again.')
          await access.checkMasterPassword(request, masterPassword)
        }
        const restore = RestoreRequest.parse({ ...rest, source: await sourceOf(source) })
        const id = await agent.startRestore(
          restore,
          encryptionPassword === undefined ? {} : { encryptionPassword },
        )
        return agent.job(id)
      },
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/uploads',
      summary: 'Send an archive to be restored: its bytes as application/octet-stream, with Content-Length',
      tags: ['restore'],
      query: z.object({ type: Suffix.default('zip') }),
      answer: z.object({ id: z.string(), sizeBytes: z.int() }),
      status: 201,
      problems: [422, 507],
      handle: async ({ query, principal, request }) => {
        requireWholeServer(principal)
        const sizeBytes = Number(request.get('content-length'))
        if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0 || !request.is('application/octet-stream'))
          throw new AgentError(
            'invalid_request',
            'Send the file as application/octet-stream with its Content-Length.',
          )
        const upload = await uploads.receive(request, sizeBytes, query.type)
        log.info({ upload: upload.id, sizeBytes }, 'upload received')
        return upload
      },
    }),
    guarded(access, 'administer', {
      method: 'delete',
      path: '/uploads/:id',
      summary: 'Throw an upload away; each goes once it is restored, and after a day in any case',
      tags: ['restore'],
      params: z.object({ id: z.string().max(64) }),
      status: 204,
      handle: async ({ params, principal, response }) => {
        requireWholeServer(principal)
        await uploads.remove(params.id)
        response.status(204).end()
      },
    }),
  ]
}
