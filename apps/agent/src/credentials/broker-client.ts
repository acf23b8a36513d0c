import {
  AccountSummary,
  BindAnswer,
  type BindRequest,
  LoginRequestAnswer,
  NoticesAnswer,
  Problem,
  type Purpose,
  RechargeLinkAnswer,
  type UserKey,
  VendedCredentials,
} from '@odoo-backup/protocol'
import { z } from 'zod'
import { AgentError } from '../errors.ts'
import { errorOfProblem } from './broker-errors.ts'

/** An answer of the broker is small: more than this is not one. */
const LONGEST_ANSWER_BYTES = 1_000_000
const TIMEOUT_MS = 30_000
/** A broker that never comes to an end must not hold us for ever. */
const MOST_NOTICE_PAGES = 100

const { element: OneNotice } = NoticesAnswer.shape.notices
/** A type that a newer broker has and this agent does not know is told all the same. */
const AnyNotices = NoticesAnswer.extend({
  notices: z.array(OneNotice.extend({ type: OneNotice.shape.type.catch('other') })),
})

export type BrokerNotice = NoticesAnswer['notices'][number]

/** The broker's calls. Every failure is an `AgentError` that tells log in, pay, try later and revoked apart. */
export interface BrokerClient {
  credentials(purpose: Purpose): Promise<VendedCredentials>
  bind(code: BindRequest['code']): Promise<void>
  /** Without `redirect`, the code is shown to be typed into the command line. */
  loginLink(redirect?: string): Promise<string>
  account(): Promise<AccountSummary>
  /** All that the account keeps, oldest first. */
  notices(): Promise<readonly BrokerNotice[]>
  rechargeLink(): Promise<string>
}

export interface BrokerClientOptions {
  readonly url: string
  readonly userKey: UserKey
  readonly fetch?: typeof fetch
}

export function createBrokerClient(options: BrokerClientOptions): BrokerClient {
  const call = async <T>(method: string, path: string, schema: z.ZodType<T>, body?: object): Promise<T> => {
    const { status, text, retryAfterSeconds } = await exchange(options, method, path, body)
    const answer = parsed(options.url, text)
    if (status >= 200 && status < 300) {
      const result = schema.safeParse(answer)
      if (result.success) return result.data
      throw misbehaved(options.url, `${path} gave an answer of another shape`)
    }
    const problem = Problem.safeParse(answer)
    if (problem.success) throw errorOfProblem(options.url, problem.data, retryAfterSeconds)
    throw misbehaved(options.url, `${path} answered ${status}`)
  }
  return {
    credentials: purpose => call('POST', '/v1/credentials', VendedCredentials, { purpose }),
    bind: async code => {
      await call('POST', '/v1/bind', BindAnswer, { code })
    },
    loginLink: async redirect =>
      (
        await call(
          'POST',
          '/v1/login-requests',
          LoginRequestAnswer,
          redirect === undefined ? {} : { redirect },
        )
      ).authLink,
    account: () => call('GET', '/v1/account', AccountSummary),
    notices: async () => {
      const all: BrokerNotice[] = []
      let after = ''
      for (let page = 0; page < MOST_NOTICE_PAGES; page += 1) {
        const { cursor, notices } = await call('GET', `/v1/notices${after}`, AnyNotices)
        all.push(...notices)
        const next = `?after=${encodeURIComponent(cursor)}`
        if (notices.length === 0 || next === after) break
        after = next
      }
      return all
    },
    rechargeLink: async () => (await call('POST', '/v1/recharge-link', RechargeLinkAnswer, {})).rechargeLink,
  }
}

async function exchange(
  options: BrokerClientOptions,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; text: string; retryAfterSeconds: number | undefined }> {
  try {
    const response = await (options.fetch ?? fetch)(options.url + path, {
      method,
      headers: {
        authorization: `Bearer ${options.userKey}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const pause = Number(response.headers.get('retry-after') ?? Number.NaN)
    return {
      status: response.status,
      text: await limitedText(response),
      retryAfterSeconds: Number.isFinite(pause) ? pause : undefined,
    }
  } catch (error) {
    if (error instanceof AgentError) throw error
    throw new AgentError(
      'broker_unreachable',
      `The broker at ${options.url}, by which odoo-backup.sh gives access to the storage, does not answer. Check this machine's network and odoo_backup_sh_broker_url; stored backups are safe.`,
      { cause: error },
    )
  }
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > LONGEST_ANSWER_BYTES) throw misbehaved(response.url, 'the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(url: string, text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw misbehaved(url, 'the answer is not JSON')
  }
}

function misbehaved(url: string, what: string): AgentError {
  return new AgentError(
    'broker_misbehaved',
    `${url} does not answer as a broker does (${what}). Check odoo_backup_sh_broker_url.`,
  )
}
