import { z } from 'zod'

/**
 * The page that a log-in leads an operator back to: their account, or one of the console. A path of ours alone, of
 * characters that nobody reads in two ways: no link leads through our log-in to somewhere else, nor to anything but a
 * page that is looked at.
 */
export const ReturnPath = z
  .string()
  .max(500)
  .regex(/^\/(?:account|operator(?:\/[A-Za-z0-9_-]+)*(?:\?[A-Za-z0-9_.~%=&+-]*)?)$/)
  .brand('ReturnPath')
export type ReturnPath = z.infer<typeof ReturnPath>

/** What somebody logs in for: the question of an instance, a page, or neither, which is the account. */
export interface LoginAim {
  readonly loginRequestId?: string | undefined
  readonly returnPath?: ReturnPath | undefined
}

/** The query by which the pages of a log-in hand its aim on. */
export function aimQuery({ loginRequestId, returnPath }: LoginAim): string {
  const query = new URLSearchParams()
  if (loginRequestId !== undefined) query.set('request', loginRequestId)
  if (returnPath !== undefined) query.set('next', returnPath)
  return query.size === 0 ? '' : `?${query.toString()}`
}

/** Where somebody logs in who is to come back to a page; whatever is no such page is left out. */
export function logInAddress(page: string | undefined): string {
  return `/login${aimQuery({ returnPath: ReturnPath.safeParse(page).data })}`
}
