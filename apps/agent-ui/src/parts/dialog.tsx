import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { useModal } from './modal.ts'

/** A question over the page. Escape closes it; the focus stays inside and goes back after. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useModal(element)
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      // Closed by itself it would say so late, when the same question may have been asked again in vain.
      onCancel={event => {
        event.preventDefault()
        props.onClose()
      }}
      // A dialog that was taken out says so late, when the same question may have been asked again.
      onClose={event => {
        if (event.currentTarget.isConnected) props.onClose()
      }}
    >
      <div class="stack">
        <h2 id={titleId}>{props.title}</h2>
        {props.children}
      </div>
    </dialog>
  )
}
