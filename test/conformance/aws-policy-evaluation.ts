import { z } from 'zod'
import type { PolicyDocument } from './vending-template.ts'

export interface Asked {
  readonly action: string
  readonly resource: string
  /** Keys of conditions, such as `s3:prefix`. */
  readonly context?: Readonly<Record<string, string>>
}

const Conditions = z.partialRecord(
  z.enum(['StringLike', 'StringEquals']),
  z.record(z.string(), z.union([z.string(), z.array(z.string())])),
)

/**
 * Whether a policy allows a request, as Amazon documents it: a Deny counts first, then an Allow, else nothing is allowed.
 * What these templates do not use fails instead of being passed over.
 */
export function allows({ Statement }: PolicyDocument, asked: Asked): boolean {
  const matching = Statement.filter(statement => matches(statement, asked))
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow')
}

/** Where a role has a boundary, both must allow it. */
export function allowsWithin(policy: PolicyDocument, boundary: PolicyDocument, asked: Asked): boolean {
  return allows(policy, asked) && allows(boundary, asked)
}

function matches(statement: PolicyDocument['Statement'][number], { action, resource, context = {} }: Asked) {
  const { Effect: _effect, Action, Resource, Condition, ...unknown } = statement
  if (Resource === undefined || Object.keys(unknown).length > 0)
    throw new Error(`A statement of another kind: ${JSON.stringify(statement)}`)
  const conditions = Condition === undefined ? [] : Object.entries(Conditions.parse(Condition))
  return (
    [Action].flat().some(pattern => isLike(pattern.toLowerCase(), action.toLowerCase())) &&
    [Resource].flat().some(pattern => isLike(pattern, resource)) &&
    conditions.every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => {
        const given = context[key]
        if (given === undefined) return false
        return [wanted].flat().some(one => (operator === 'StringLike' ? isLike(one, given) : one === given))
      }),
    )
  )
}

/** `*` is any run of characters, `?` is one. */
function isLike(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text)
}
