import { readFileSync } from 'node:fs'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'

const User = z.object({
  id: z.number().int(),
  login: z.string(),
  password: z.string(),
  name: z.string(),
  email: z.string(),
})
export type User = z.infer<typeof User>

const AccessToken = z.object({
  userId: z.number().int(),
  clientId: z.string(),
  scope: z.string(),
  expiresAt: z.number(),
})

const IapAccount = z.object({ balance: z.number(), warningThreshold: z.number().default(0) })

const Hold = z.object({
  /** The key of the account, not its token: see `accountKey`. */
  account: z.string(),
  serviceKey: z.string(),
  credit: z.number(),
  description: z.string().optional(),
  expiresAt: z.number(),
  state: z.enum(['held', 'captured', 'cancelled']),
  captured: z.number().default(0),
})
export type Hold = z.infer<typeof Hold>

/** All that the stand-in remembers; times are milliseconds of its own clock. */
const State = z.object({
  clockAheadMilliseconds: z.number().default(0),
  users: z.array(User),
  sessions: z.record(z.string(), z.number().int()).default({}),
  accessTokens: z.record(z.string(), AccessToken).default({}),
  accounts: z.record(z.string(), IapAccount).default({}),
  holds: z.record(z.string(), Hold).default({}),
  trialCredits: z.record(z.string(), z.number()).default({}),
  /** Whether cancelling what was captured is refused, or answered as done without an effect: documented nowhere. */
  cancelAfterCapture: z.enum(['refused', 'ignored']).default('refused'),
  /** Whether a balance counts what is held and not captured: documented nowhere. */
  heldInBalance: z.enum(['counted', 'left out']).default('counted'),
})
export type State = z.infer<typeof State>

/** The users that exist from the start; 42 and 420 are neighbours whose folders begin alike. */
const FIRST_USERS: readonly User[] = [
  user(42, 'administrator', 'Administrator'),
  user(420, 'accountant', 'Accountant'),
  user(7, 'auditor', 'Auditor'),
]

/** Their password, and that of every user who is registered without one. */
export const USUAL_PASSWORD = 'sandbox'

export function user(id: number, login: string, name: string, password: string = 'sandbox'): User {
  return { id, login: `${login}@example.com`, email: `${login}@example.com`, name, password }
}

/** The state with its clock; written to a file after each change if there is one. */
export interface Store {
  readonly state: State
  now(): number
  save(): void
}

/** Opens the state kept in `file`, or a fresh one; without `file` it lives in memory alone. */
export function openStore(file: string | undefined, clock: () => number): Store {
  const state = State.parse(read(file) ?? { users: FIRST_USERS })
  return {
    state,
    now: () => clock() + state.clockAheadMilliseconds,
    save: () => {
      if (file !== undefined) writeFileAtomic.sync(file, JSON.stringify(state), { mode: 0o600, fsync: false })
    },
  }
}

function read(file: string | undefined): unknown {
  if (file === undefined) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
