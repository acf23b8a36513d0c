import { useEffect, useState } from 'preact/hooks'

/** Whether so much time has passed since this was shown first. */
export function useWaitedFor(milliseconds: number): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), milliseconds)
    return () => clearTimeout(timer)
  }, [milliseconds])
  return isOver
}
