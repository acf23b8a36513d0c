import { AgentSettings, AgentSettingsChange, TokenRequest, TokenView } from '@odoo-backup/protocol'
import type { Route } from '@odoo-backup/service'
import { z } from 'zod'
import { AgentError } from '../../errors.ts'
import { requireWholeServer } from '../access/permission.ts'
import { mintToken } from '../access/tokens.ts'
import type { ApiContext } from './context.ts'
import { guarded } from './guarded.ts'
import { expectedRevisions, REVISION_RULE, withRevision } from './revisions.ts'

/** Settings of the agent as a whole, and the API tokens. */
export function settingsRoutes({ access, agent, recent, clock }: ApiContext): Route[] {
  return [
    guarded(access, 'administer', {
      method: 'get',
      path: '/settings',
      summary: 'Settings of the agent, without their secrets',
      tags: ['settings'],
      answer: AgentSettings,
      handle: async ({ principal, response }) => {
        requireWholeServer(principal)
        return withRevision(response, await agent.settings())
      },
    }),
    guarded(access, 'administer', {
      method: 'patch',
      path: '/settings',
      summary: 'Change settings; what is left out stays as it is, null removes',
      tags: ['settings'],
      description: REVISION_RULE,
      body: AgentSettingsChange,
      answer: AgentSettings,
      problems: [412],
      handle: async ({ body, principal, request, response }) => {
        requireWholeServer(principal)
        recent.forget()
        return withRevision(response, await agent.changeSettings(body, expectedRevisions(request)))
      },
    }),
    guarded(access, 'administer', {
      method: 'get',
      path: '/tokens',
      summary: 'API tokens, without the tokens themselves',
      tags: ['tokens'],
      answer: z.object({ items: z.array(TokenView) }),
      handle: async ({ principal }) => {
        requireWholeServer(principal)
        return { items: [...(await agent.tokens())] }
      },
    }),
    guarded(access, 'administer', {
      method: 'post',
      path: '/tokens',
      summary: 'Make an API token; it is shown in this answer alone',
      tags: ['tokens'],
      body: TokenRequest,
      answer: TokenView.extend({ token: z.string() }),
      status: 201,
      handle: async ({ body, principal }) => {
        requireWholeServer(principal)
        if ((await agent.tokens()).some(token => token.name === body.name))
          throw new AgentError('invalid_request', `There is a token named "${body.name}" already.`)
        const { token, stored } = mintToken(body, new Date(clock()))
        await agent.addToken(stored)
        return { ...stored, token }
      },
    }),
    guarded(access, 'administer', {
      method: 'delete',
      path: '/tokens/:name',
      summary: 'Remove an API token; it stops working at once',
      tags: ['tokens'],
      params: z.object({ name: TokenView.shape.name }),
      status: 204,
      handle: async ({ params, principal, response }) => {
        requireWholeServer(principal)
        await agent.removeToken(params.name)
        response.status(204).end()
      },
    }),
  ]
}
