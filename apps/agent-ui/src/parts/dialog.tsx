import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { useModal } from './modal.ts'

/** A question over the page. Escape closes it; the focus stays inside and goes back after. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useModal(element)
  return (
    <dialog ref={element} aria-labelledby={titleId} onClose={props.onClose}>
      <div class="stack">
        <h2 id={titleId}>{props.title}</h2>
        {props.children}
      </div>
    </dialog>
  )
}
