import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** Opens a dialog over the page for as long as it is part of it, and gives the focus back to where it was. */
export function useModal(element: RefObject<HTMLDialogElement | null>): void {
  const asked = useRef(document.activeElement)
  // At once: a key that is pressed meanwhile would go to whatever has the focus until then.
  useLayoutEffect(() => {
    const before = asked.current
    const dialog = element.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      // What is taken out of the page while it is open does not give the focus back by itself.
      if (before instanceof HTMLElement) before.focus()
    }
  }, [element])
}
