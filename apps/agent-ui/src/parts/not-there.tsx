import { useMessages } from '../messages/index.ts'
import { placeLink } from '../router.ts'

/** Where the way back leads from what is not there. */
const BACK = { page: 'dashboard', backup: 'backups', job: 'jobs', database: 'settings' } as const

/** In the place of a page that has nothing to show: what is not there, what to do, and the way back. */
export function NotThere({ what }: { what: keyof typeof BACK }) {
  const { title, advice, back } = useMessages().notThere[what]
  return (
    <section class="stack">
      <h1>{title}</h1>
      <p>{advice}</p>
      <p>
        <a href={placeLink(BACK[what])}>{back}</a>
      </p>
    </section>
  )
}
