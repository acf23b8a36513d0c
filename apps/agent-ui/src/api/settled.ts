import { useEffect, useState } from 'preact/hooks'

const PAUSE_MS = 400

/** The value once it has not changed for a moment: what is typed is asked about when a word is finished. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
