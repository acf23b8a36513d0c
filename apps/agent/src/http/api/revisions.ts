import type { Request, Response } from 'express'

export const REVISION_RULE =
  'The answer names its state as `revision` and in `ETag`. Sent back as `If-Match`, a change is refused with 412 `settings_changed` where the settings were changed meanwhile; without it, it is made in any case.'

/** The revisions that a change was thought of (RFC 9110, 13.1.1); undefined: whichever is there. */
export function expectedRevisions(request: Request): readonly string[] | undefined {
  const given = request.get('if-match')
  if (given === undefined || given.trim() === '*') return undefined
  // A weak tag never matches.
  return given.split(',').flatMap(tag => /^"([\w-]*)"$/.exec(tag.trim())?.[1] ?? [])
}

/** Names the state that an answer shows. */
export function withRevision<View extends { readonly revision: string }>(
  response: Response,
  view: View,
): View {
  response.setHeader('ETag', `"${view.revision}"`)
  return view
}
