import type { ApiError } from '../../api/client.ts'
import { Failure } from '../../parts/failure.tsx'
import { InSight } from '../../parts/in-sight.tsx'
import { Overtaken } from './overtaken.tsx'

/** Why a form was not saved, brought into sight: a failure, or settings that were changed elsewhere meanwhile. */
export function NotSaved({
  error,
  overtaken,
}: {
  error: ApiError | undefined
  overtaken: Parameters<typeof Overtaken>[0] | undefined
}) {
  if (error === undefined && overtaken === undefined) return null
  return (
    <InSight>
      {error && <Failure error={error} />}
      {overtaken && <Overtaken {...overtaken} />}
    </InSight>
  )
}
