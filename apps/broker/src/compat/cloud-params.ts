import {
  CloudParamsAnswer,
  type GrantedCloudParams,
  type InsufficientCreditAnswer,
  type Purpose,
  type UserKey,
} from '@odoo-backup/protocol'
import { clientAddress, escapeHtml, HttpProblem, type Route, route } from '@odoo-backup/service'
import { z } from 'zod'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { recordingRefusals } from '../audit/recording-refusals.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { redirectRefused } from '../http/refusals.ts'
import type { Bind } from '../login/bind.ts'
import type { LoginRequests } from '../login/login-requests.ts'
import { type RedirectAddress, readRedirect } from '../login/redirect-address.ts'
import { whoHas } from '../login/who-has.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import type { ApprovedStanding, Standing } from '../registry/instances.ts'
import type { CredentialDesk } from '../vending/credential-desk.ts'
import type { VendedCredential } from '../vending/store-access.ts'
import { oldKey } from './old-key.ts'

export interface CloudParamsDependencies {
  readonly prisma: PrismaClient
  readonly instances: { standing(userKey: UserKey): Promise<Standing> }
  readonly loginRequests: LoginRequests
  readonly bind: Bind
  readonly desk: CredentialDesk
  readonly audit: AuditTrail
  readonly keyLimit: RateLimit<UserKey>
}

const Query = z.object({
  user_key: z.string().max(10_000),
  redirect: z.string().max(10_000).optional(),
  /** `1`: the caller handles session tokens, as our agents do. */
  session: z.string().max(10).optional(),
})

const OLD_MODULE =
  'This version of the module can no longer store backups here: its uploads would be refused without a word. ' +
  'Install the odoo-backup agent beside Odoo; it keeps your backups and goes on with them.'

interface Asked {
  readonly userKey: UserKey
  readonly redirect: RedirectAddress | undefined
  readonly address: string
}

/**
 * `GET /get_cloud_params`, the call of the former Odoo module, with its three answers: a link to log in, a text
 * that is shown as it is (HTML), or parameters to be kept; the last two together where an account may still restore. A page brings the one-time code back inside `redirect`,
 * which is its own full address.
 */
export function cloudParamsRoute(dependencies: CloudParamsDependencies): Route {
  const { prisma, instances, loginRequests, bind, desk, audit, keyLimit } = dependencies

  async function standingOf({ userKey, redirect, address }: Asked): Promise<Standing> {
    if (redirect?.code !== undefined) {
      const bound = await bind({ userKey, code: redirect.code, redirect, address })
      if (bound !== undefined) return bound
    }
    return await instances.standing(userKey)
  }

  /** A page at an address that nobody approved yet leads to consent; calls without a page go on working. */
  async function needsConsent({ instanceId }: ApprovedStanding, redirect: RedirectAddress | undefined) {
    if (redirect === undefined) return false
    const where = { instanceId_origin: { instanceId, origin: redirect.origin } }
    return (await prisma.instanceOrigin.findUnique({ where })) === null
  }

  /** The trail knows who asked in vain, and why. */
  async function refused({ address }: Asked, standing: Standing, reason: string): Promise<void> {
    await audit.record({
      action: 'credentials.vended',
      outcome: 'refused',
      reason,
      address,
      ...whoHas(standing),
    })
  }

  /** A link instead of credentials. */
  async function authLink(request: Asked, standing: Standing) {
    const { userKey, redirect, address } = request
    const asked = { userKey, address, ...(redirect === undefined ? {} : { redirect }) }
    const event = { action: 'credentials.vended', address, ...whoHas(standing) }
    const { authLink } = await recordingRefusals(audit, event, () => loginRequests.create(asked))
    await refused(request, standing, 'login_required')
    return { auth_link: authLink }
  }

  async function answer(asked: Asked, handlesSessions: boolean): Promise<CloudParamsAnswer> {
    const standing = await standingOf(asked)
    if (standing.state !== 'approved') return await authLink(asked, standing)
    if (await needsConsent(standing, asked.redirect)) return await authLink(asked, standing)
    if (!handlesSessions) {
      await refused(asked, standing, 'session_tokens_unsupported')
      return { insufficient_credit_error: OLD_MODULE }
    }
    const { userKey, address } = asked
    const { purposes } = standing
    const issue = async (wished: readonly Purpose[]) =>
      granted(await desk.issue({ userKey, standing, purposes: wished, address }))
    try {
      return await issue(purposes)
    } catch (error) {
      const left = leftOf(purposes, error)
      if (left.length === 0) throw error
      const restoring = await issue(left).catch(() => undefined)
      if (restoring === undefined) throw error
      return { ...asText(error), ...restoring }
    }
  }

  return route({
    method: 'get',
    path: '/get_cloud_params',
    summary: 'Credentials, as the former Odoo module asks for them',
    tags: ['Former module'],
    query: Query,
    answer: CloudParamsAnswer,
    problems: [429, 502, 503],
    async handle({ query, request }) {
      const userKey = oldKey(query.user_key)
      await keyLimit.take(userKey)
      const redirect = query.redirect === undefined ? undefined : readRedirect(query.redirect)
      if (query.redirect !== undefined && redirect === undefined) throw redirectRefused()
      const asked = { userKey, redirect, address: clientAddress(request) }
      return await answer(asked, query.session === '1').catch(asText)
    },
  })
}

/** What an account may still do that may not back up: it must not lose the way to its data. */
function leftOf(purposes: readonly Purpose[], error: unknown): Purpose[] {
  if (!(error instanceof HttpProblem)) return []
  if (error.code === 'storage_full') return purposes.filter(purpose => purpose !== 'backup')
  return error.code === 'payment_required' ? purposes.filter(purpose => purpose === 'restore') : []
}

/** Refusals that people must read: the former module shows this text, and nothing of a problem document. */
const FOR_PEOPLE = new Set([
  'revoked',
  'denied',
  'suspended',
  'purpose_refused',
  'payment_required',
  'storage_full',
])

function asText(error: unknown): z.infer<typeof InsufficientCreditAnswer> {
  if (!(error instanceof HttpProblem) || !FOR_PEOPLE.has(error.code)) throw error
  const { rechargeLink } = error.extra
  const text = escapeHtml(error.detail ?? error.title)
  return {
    insufficient_credit_error:
      typeof rechargeLink === 'string'
        ? `${text} <a href="${escapeHtml(rechargeLink)}" target="_blank" rel="noreferrer">Buy credit</a>`
        : text,
  }
}

function granted(credential: VendedCredential): GrantedCloudParams {
  return {
    'odoo_backup_sh.s3_bucket_name': credential.bucket,
    'odoo_backup_sh.aws_access_key_id': credential.accessKeyId,
    'odoo_backup_sh.aws_secret_access_key': credential.secretAccessKey,
    'odoo_backup_sh.odoo_oauth_uid': credential.folder,
    'odoo_backup_sh.aws_session_token': credential.sessionToken,
    'odoo_backup_sh.aws_expiration': credential.expiresAt.toISOString(),
    'odoo_backup_sh.aws_region': credential.region,
    ...(credential.endpoint === undefined ? {} : { 'odoo_backup_sh.aws_endpoint': credential.endpoint }),
    'odoo_backup_sh.aws_path_style': credential.pathStyle ? 'True' : 'False',
  }
}
