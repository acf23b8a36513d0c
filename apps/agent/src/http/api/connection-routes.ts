import {
  AccountView,
  BindRequest,
  DatabaseName,
  DestinationChange,
  StorageChange,
} from '@odoo-backup/protocol'
import type { Route } from '@odoo-backup/service'
import { z } from 'zod'
import { AgentError } from '../../errors.ts'
import { connectionFor } from '../access/account-links.ts'
import { knownOrigins, ownOrigin, safeRedirect } from '../access/own-address.ts'
import { requireWholeServer } from '../access/permission.ts'
import type { ApiContext } from './context.ts'
import { guarded } from './guarded.ts'

const Connection = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('connected'),
    folder: z.string(),
    place: z
      .string()
      .optional()
      .describe('Storage of one’s own in words, such as “the bucket mine, folder shop”'),
    account: z.string().optional(),
    refusal: z
      .object({
        code: z.literal('storage_full'),
        message: z.string(),
      })
      .optional()
      .describe('Why no backup is taken although all else works'),
  }),
  z.object({ state: z.literal('login_required'), authLink: z.url() }),
  z.object({
    state: z.literal('payment_required'),
    message: z.string(),
    rechargeLink: z.string().optional(),
    mayRestore: z.literal(true).optional().describe('What is stored can be listed and restored all the same'),
  }),
])

/** One of the two, and each fault at the place where it is: a union would only say that none fits. */
const Trial = z.strictObject({
  storage: StorageChange.optional(),
  database: DatabaseName.optional(),
  destination: DestinationChange.optional(),
})

/** Whether storage can be reached, and the way to reach it. */
export function connectionRoutes({ access, agent, recent, settings }: ApiContext): Route[] {
  return [
    guarded(access, 'look', {
      method: 'get',
      path: '/connection',
      summary: 'Whether the backup storage can be reached, and if not, what to do',
      tags: ['connection'],
      query: z.object({ redirect: z.string().max(2000).optional() }),
      answer: Connection,
      problems: [402, 503],
      handle: async ({ principal, query, request }) => {
        if (query.redirect !== undefined) requireWholeServer(principal)
        const origin = ownOrigin(request, settings())
        const wanted = query.redirect
        const path =
          wanted === undefined ? undefined : safeRedirect(wanted, origin, knownOrigins(request, settings()))
        if (wanted !== undefined && path === undefined)
          throw new AgentError('invalid_request', 'The log-in can lead back to a page of this server alone.')
        const connection = connectionFor(
          principal,
          await agent.connect(path === undefined ? {} : { redirect: new URL(path, origin).href }),
        )
        if (connection.state === 'login_required') {
          const session = access.session(request)
          if (session !== undefined) session.awaitsCode = true
        }
        return connection
      },
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/connection',
      summary: 'Bring the one-time code of the log-in, which binds this server to the account',
      tags: ['connection'],
      body: BindRequest,
      answer: Connection,
      problems: [402, 503],
      handle: async ({ principal, body }) => {
        requireWholeServer(principal)
        recent.forget()
        return agent.connect({ code: body.code })
      },
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/connection/trial',
      summary: 'Try storage settings before they are saved: put, list, get and delete a small object',
      tags: ['connection'],
      description:
        'With `storage` where the backups of the agent would go, with `destination` those of one database.',
      body: Trial,
      answer: z.object({ folder: z.string() }),
      problems: [422, 502, 503, 507],
      handle: ({ principal, body }) => {
        requireWholeServer(principal)
        const { storage, database, destination } = body
        if (storage !== undefined) return agent.tryStorage(storage)
        if (database !== undefined && destination !== undefined)
          return agent.tryDestination(database, destination)
        throw new AgentError('invalid_request', 'Send storage, or database and destination.')
      },
    }),
    guarded(access, 'administer', {
      method: 'get',
      path: '/connection/recharge-link',
      summary: 'A link of one use to where credit is bought',
      tags: ['connection'],
      answer: z.object({ rechargeLink: z.url().optional() }),
      problems: [503],
      handle: async ({ principal }) => {
        requireWholeServer(principal)
        const rechargeLink = await agent.rechargeLink()
        return rechargeLink === undefined ? {} : { rechargeLink }
      },
    }),
    guarded(access, 'administer', {
      method: 'get',
      path: '/account',
      summary: 'The account with odoo-backup.sh, its balance and what is due',
      tags: ['connection'],
      answer: AccountView,
      problems: [503],
      handle: async ({ principal }) => {
        requireWholeServer(principal)
        return agent.account()
      },
    }),
  ]
}
