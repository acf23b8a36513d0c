import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { type Messages, useMessages } from '../messages/index.ts'
import type { Place } from '../router.ts'

/**
 * What a browser does at each new page, done for ours: the title says where one is, the page begins at its top, and
 * the focus goes there, so that keyboards and screen readers do not stay at a link that is gone.
 */
export function useArrival({ page, subject }: Place): void {
  const messages = useMessages()
  const title = [subject, nameOf(page, messages), messages.app.title].filter(Boolean).join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
  const first = useRef(true)
  // At once: later, somebody may be at work in the page already, and their focus would be taken away.
  useLayoutEffect(() => {
    if (!first.current) {
      window.scrollTo(0, 0)
      document.getElementById('content')?.focus({ preventScroll: true })
    }
    first.current = false
  }, [page, subject])
}

function nameOf(page: string, { app, setup }: Messages): string | undefined {
  switch (page) {
    case 'dashboard':
    case 'backups':
    case 'restore':
    case 'jobs':
    case 'settings':
      return app[page]
    case 'setup':
      return setup.title
    default:
      return undefined
  }
}
