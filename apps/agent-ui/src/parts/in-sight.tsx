import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** What a press led to, such as a failure: where it comes up out of sight, the page moves to it, once. */
export function InSight({ children }: { children: ComponentChildren }) {
  const told = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (told.current !== null && !isSeen(told.current)) told.current.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div class="stack told" ref={told}>
      {children}
    </div>
  )
}

/** From top to bottom in the window, and not below a bar that stays at its edge. */
function isSeen(element: Element): boolean {
  const { left, width, top, bottom } = element.getBoundingClientRect()
  return [top + 1, bottom - 1].every(y => element.contains(document.elementFromPoint(left + width / 2, y)))
}
