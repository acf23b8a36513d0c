import { useEffect } from 'preact/hooks'
import { useMessages } from '../messages/index.ts'

/** The way through the pages of a list; nothing where one page holds all. */
export function Pages(props: {
  page: number
  total: number
  pageSize: number
  onPage: (page: number) => void
}) {
  const { backups: words } = useMessages()
  const { page, total, pageSize, onPage } = props
  const pages = Math.max(1, Math.ceil(total / pageSize))
  // After a deletion the last page may be gone.
  useEffect(() => {
    if (total > 0 && page > pages) onPage(pages)
  }, [page, pages, total, onPage])
  if (pages === 1) return null
  return (
    <nav class="row pager" aria-label={words.page(page, pages)}>
      <button
        type="button"
        class="button"
        aria-disabled={page <= 1}
        onClick={() => page > 1 && onPage(page - 1)}
      >
        {words.previous}
      </button>
      <span class="number">{words.page(page, pages)}</span>
      <button
        type="button"
        class="button"
        aria-disabled={page >= pages}
        onClick={() => page < pages && onPage(page + 1)}
      >
        {words.next}
      </button>
    </nav>
  )
}
