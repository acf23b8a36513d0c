const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  // Prisma's own code
  'P1001',
])
/** PostgreSQL's codes, and Prisma's: a refused role or password, a database that is not there, a server not ready. */
const REFUSED = new Set(['28000', '28P01', '3D000', '57P03', 'P1000', 'P1003', 'P1010'])

/**
 * What to do where PostgreSQL cannot be used at all, wherever in a chain of causes it says so; undefined for any other
 * failure.
 */
export function registryOutOfReach(error: unknown): string | undefined {
  for (const { code, message } of causesOf(error)) {
    if (UNREACHABLE.has(code))
      return `PostgreSQL, which holds the registry, cannot be reached (${message || code}). Check that it runs, and host and port in BROKER_DATABASE_URL.`
    if (REFUSED.has(code))
      return `PostgreSQL, which holds the registry, refuses (${message}). Check user, password and database in BROKER_DATABASE_URL.`
  }
  return undefined
}

/** The error and all below it that has a code: its causes, and the members of an `AggregateError`. */
function* causesOf(error: unknown): Generator<{ readonly code: string; readonly message: string }> {
  // The AWS SDK's errors have this: they are a store's, never PostgreSQL's.
  if (!(error instanceof Error) || '$metadata' in error) return
  if ('code' in error && typeof error.code === 'string')
    yield { code: error.code, message: lastLine(error.message) }
  if (error instanceof AggregateError) for (const one of error.errors) yield* causesOf(one)
  yield* causesOf(error.cause)
}

/** Prisma puts lines of our source before what happened. */
function lastLine(message: string): string {
  return message.trim().split('\n').at(-1) ?? ''
}
