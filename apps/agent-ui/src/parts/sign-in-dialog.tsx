import { useId, useRef } from 'preact/hooks'
import { useMessages } from '../messages/index.ts'
import { SignInForms } from '../pages/sign-in.tsx'
import { useModal } from './modal.ts'

/**
 * The door once more, over the page as it stands: what was typed stays, and the focus goes back to where it was. It
 * cannot be put away, as nothing behind it works without a session.
 */
export function SignInDialog({ onSignedIn }: { onSignedIn: () => void }) {
  const { signIn: words, failures } = useMessages()
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useModal(element)
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      // Escape, and whatever else browsers take for a wish to close it.
      onKeyDown={event => event.key === 'Escape' && event.preventDefault()}
      onCancel={event => event.preventDefault()}
      onClose={event => event.currentTarget.isConnected && event.currentTarget.showModal()}
    >
      <div class="stack">
        <h2 id={titleId}>{words.again}</h2>
        <p>{failures.sessionOver}</p>
        <SignInForms onSignedIn={onSignedIn} />
      </div>
    </dialog>
  )
}
