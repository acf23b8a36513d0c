import { useEffect, useState } from 'preact/hooks'

const PAUSE_MS = 250

/** A value once it stopped changing: what is typed is asked for when the typing pauses, not at each letter. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
