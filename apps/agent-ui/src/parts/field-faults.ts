import { useEffect, useRef } from 'preact/hooks'
import type { ApiError } from '../api/client.ts'
import { useMessages } from '../messages/index.ts'

/** Says what the agent found wrong with the field of a member, such as `notices.mailTo`; undefined: nothing. */
export type FaultAt = (path: string) => string | undefined

export function useFaultAt(error: ApiError | undefined): FaultAt {
  const { fieldFaults } = useMessages()
  const faults = error?.problem?.fields ?? []
  return path => {
    const fault = faults.find(each => each.path === path || each.path.startsWith(`${path}.`))
    return fault === undefined ? undefined : (fieldFaults[fault.code] ?? fieldFaults.invalid)
  }
}

/** For a form: leads to the first field that a refusal is about. */
export function useFirstFault(error: ApiError | undefined) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (error?.problem?.fields === undefined) return
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [error])
  return form
}
