import { z } from 'zod'
import { type Route, route } from '../http/route.ts'

/** `degraded` still serves; `failed` takes the process out of service. */
export type HealthState = 'ok' | 'degraded' | 'failed'
/** What one check tells; `unknown`: it was not asked yet, which counts neither way. */
export type CheckState = HealthState | 'unknown'
export interface CheckResult {
  readonly state: CheckState
  /** For the operator; holds no secret, since everyone may read it. */
  readonly detail?: string
}
/** Looks at one thing that the service stands on; what it throws counts as failed. */
export type HealthCheck = () => Promise<CheckState | CheckResult> | CheckState | CheckResult

export interface HealthOptions {
  readonly checks: Readonly<Record<string, HealthCheck>>
  /** A check that takes longer has failed; 3 seconds by default. */
  readonly timeoutSeconds?: number
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

const State = z.enum(['ok', 'degraded', 'failed'])
export const HealthReport = z.object({
  state: State,
  checks: z.record(
    z.string(),
    z.object({ state: z.enum([...State.options, 'unknown']), detail: z.string().optional() }),
  ),
})
export type HealthReport = z.infer<typeof HealthReport>

const worstFirst: readonly HealthState[] = ['failed', 'degraded', 'ok']

/** Runs all checks at once; the whole is as well as its worst part. */
export async function checkHealth({ checks, timeoutSeconds = 3 }: HealthOptions): Promise<HealthReport> {
  const results = await Promise.all(
    Object.entries(checks).map(
      async ([name, check]) => [name, await runCheck(check, timeoutSeconds)] as const,
    ),
  )
  const state = worstFirst.find(candidate => results.some(([, result]) => result.state === candidate)) ?? 'ok'
  return { state, checks: Object.fromEntries(results) }
}

async function runCheck(check: HealthCheck, timeoutSeconds: number): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<CheckResult>(resolve => {
    timer = setTimeout(() => resolve({ state: 'failed', detail: 'no answer in time' }), timeoutSeconds * 1000)
  })
  try {
    const result = await Promise.race([Promise.resolve().then(check), late])
    return typeof result === 'string' ? { state: result } : result
  } catch {
    return { state: 'failed' }
  } finally {
    clearTimeout(timer)
  }
}

/** How long an answer of `/readyz` serves others who ask, in milliseconds. */
const ANSWER_LIFE_MS = 1000

/** Everyone may ask, so however many do, the checks run once at a time and at most once a second. */
function sharedCheck(options: HealthOptions): () => Promise<HealthReport> {
  const { now = () => performance.now() } = options
  let last: { report: Promise<HealthReport>; until: number } | undefined
  return () => {
    if (last !== undefined && now() < last.until) return last.report
    const check = { report: checkHealth(options), until: Number.POSITIVE_INFINITY }
    last = check
    void check.report.finally(() => {
      check.until = now() + ANSWER_LIFE_MS
    })
    return check.report
  }
}

/** `GET /healthz` (the process lives) and `GET /readyz` (it can serve: 200, or 503 when a check has failed). */
export function healthRoutes(options: HealthOptions): Route[] {
  const check = sharedCheck(options)
  return [
    route({
      method: 'get',
      path: '/healthz',
      summary: 'Whether the process lives.',
      tags: ['Operation'],
      answer: z.object({ state: z.literal('ok') }),
      handle: () => ({ state: 'ok' as const }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      summary: 'Whether the service can do its work, check by check.',
      tags: ['Operation'],
      problems: [503],
      produces: 'application/json',
      handle: async ({ response }) => {
        const report = await check()
        response.setHeader('Cache-Control', 'no-store')
        response.status(report.state === 'failed' ? 503 : 200).json(report)
      },
    }),
  ]
}
