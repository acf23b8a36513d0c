import type { BackupView } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { backups, databases } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { formatBytes, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { placeLink } from '../router.ts'

type SortKey = 'takenAt' | 'database' | 'sizeBytes'

const PAGE_SIZE = 50

export function BackupBadges({ backup }: { backup: BackupView }) {
  const { backups: words } = useMessages()
  return (
    <span class="row">
      {backup.verification !== undefined && (
        <span class={`badge ${backup.verification.passed ? 'tone-good' : 'tone-bad'}`}>
          {backup.verification.passed ? words.verified : words.failedDrill}
        </span>
      )}
      {backup.encrypted && <span class="badge">{words.encrypted}</span>}
      {backup.pinned && <span class="badge">{words.pinned}</span>}
    </span>
  )
}

/** All backups: found, sorted and paged by the agent, so that thousands are no burden here. */
export function BackupsPage({ database: wanted }: { database: string | undefined }) {
  const { backups: words, language } = useMessages()
  const [search, setSearch] = useState('')
  const [database, setDatabase] = useState(wanted ?? '')
  const [sort, setSort] = useState<{ key: SortKey; order: 'asc' | 'desc' }>({ key: 'takenAt', order: 'desc' })
  const [page, setPage] = useState(1)
  const known = useResource('databases', databases)
  const query = {
    page,
    pageSize: PAGE_SIZE,
    sort: sort.key,
    order: sort.order,
    ...(search === '' ? {} : { search }),
    ...(database === '' ? {} : { database }),
  }
  const list = useResource(JSON.stringify(query), signal => backups(query, signal))
  const pages = Math.max(1, Math.ceil((list.value?.total ?? 0) / PAGE_SIZE))

  const heading = (key: SortKey, label: string) => (
    <th scope="col" aria-sort={sort.key !== key ? 'none' : sort.order === 'asc' ? 'ascending' : 'descending'}>
      <button
        type="button"
        onClick={() => {
          setPage(1)
          setSort({ key, order: sort.key === key && sort.order === 'desc' ? 'asc' : 'desc' })
        }}
      >
        {label}
        <span aria-hidden="true">{sort.key !== key ? '' : sort.order === 'asc' ? ' ↑' : ' ↓'}</span>
      </button>
    </th>
  )

  return (
    <section class="stack">
      <h1>{words.title}</h1>
      <search class="row">
        <Field label={words.filter}>
          <input
            type="search"
            value={search}
            onInput={event => {
              setPage(1)
              setSearch(event.currentTarget.value)
            }}
          />
        </Field>
        <Field label={words.database}>
          <select
            value={database}
            onChange={event => {
              setPage(1)
              setDatabase(event.currentTarget.value)
            }}
          >
            <option value="">{words.all}</option>
            {known.value?.items.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      </search>
      {list.error && <Failure error={list.error} onRetry={list.reload} />}
      {list.value?.total === 0 && <p class="card soft">{words.empty}</p>}
      {list.value !== undefined && list.value.total > 0 && (
        <div class="table-wrap">
          <table class="table-cards">
            <thead>
              <tr>
                {heading('takenAt', words.takenAt)}
                {heading('database', words.database)}
                {heading('sizeBytes', words.size)}
                <th scope="col">{words.state}</th>
              </tr>
            </thead>
            <tbody>
              {list.value.items.map(backup => (
                <tr key={backup.name}>
                  <td>
                    <a href={placeLink('backups', backup.name)}>{formatMoment(backup.takenAt, language)}</a>
                  </td>
                  <td data-label={words.database}>
                    <bdi>{backup.database}</bdi>
                  </td>
                  <td data-label={words.size} class="number">
                    {formatBytes(backup.sizeBytes, language)}
                  </td>
                  <td>
                    <BackupBadges backup={backup} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pages > 1 && (
        <nav class="row" aria-label={words.page(page, pages)}>
          <button type="button" class="button" disabled={page <= 1} onClick={() => setPage(page - 1)}>
            {words.previous}
          </button>
          <span class="number">{words.page(page, pages)}</span>
          <button type="button" class="button" disabled={page >= pages} onClick={() => setPage(page + 1)}>
            {words.next}
          </button>
        </nav>
      )}
    </section>
  )
}
