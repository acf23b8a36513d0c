import { useMessages } from '../messages/index.ts'

/** The way into a database in Odoo. Beside this page lies Odoo itself, or the agent, which leads on to it. */
export function OpenDatabase({ database }: { database: string }) {
  const { restore: words } = useMessages()
  return (
    <a
      class="button button-main"
      href={`../web?${new URLSearchParams({ db: database })}`}
      target="_blank"
      rel="noreferrer"
    >
      {words.open}
    </a>
  )
}
