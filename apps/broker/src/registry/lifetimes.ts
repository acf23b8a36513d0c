/** How long each thing of a log-in lives, in milliseconds. */
const TEN_MINUTES = 10 * 60_000

export const LIFETIME = {
  /** What an `auth_link` leads to, and each step between it and the answer. */
  loginStep: TEN_MINUTES,
  /** How long a denial answers "denied", so that a page which asks again does not loop. */
  denial: TEN_MINUTES,
  bindingCode: TEN_MINUTES,
  /** Approving and revoking need a log-in younger than this. */
  freshLogin: TEN_MINUTES,
  session: 12 * 60 * 60_000,
  rechargeLink: 60 * 60_000,
  /** A key that asked once and was never bound is forgotten after this. */
  pendingInstance: 24 * 60 * 60_000,
} as const

export function after(now: Date, milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds)
}
