import type { BackupView } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { administersAll, backups, databases, type Who } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { formatBytes, formatDay, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { BackupBadges } from '../parts/backup-badges.tsx'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { Pages } from '../parts/pages.tsx'
import { UnreachablePlaces } from '../parts/unreachable-places.tsx'
import { placeLink } from '../router.ts'
import { useSettled } from '../settled.ts'
import { Calendar } from './backups/calendar.tsx'
import { boundsOf } from './backups/calendar-weeks.ts'
import { NoneYet } from './backups/none-yet.tsx'

type SortKey = 'takenAt' | 'database' | 'sizeBytes'
type State = '' | 'verified' | 'failed' | 'unverified' | 'pinned' | 'encrypted'

const PAGE_SIZE = 50

const STATES: Readonly<Record<State, Readonly<Record<string, string>>>> = {
  '': {},
  verified: { verified: 'true' },
  failed: { verificationFailed: 'true' },
  unverified: { verified: 'false', verificationFailed: 'false' },
  pinned: { pinned: 'true' },
  encrypted: { encrypted: 'true' },
}
const isState = (text: string): text is State => Object.hasOwn(STATES, text)

interface Sort {
  readonly key: SortKey
  readonly order: 'asc' | 'desc'
}

/** Where rows are cards there is no head by whose names they could be sorted. */
const SORTS = {
  newest: { key: 'takenAt', order: 'desc' },
  oldest: { key: 'takenAt', order: 'asc' },
  byDatabase: { key: 'database', order: 'asc' },
  byDatabaseDown: { key: 'database', order: 'desc' },
  largest: { key: 'sizeBytes', order: 'desc' },
  smallest: { key: 'sizeBytes', order: 'asc' },
} as const satisfies Readonly<Record<string, Sort>>
type SortName = keyof typeof SORTS
const isSortName = (text: string): text is SortName => Object.hasOwn(SORTS, text)
const SORT_NAMES = Object.keys(SORTS).filter(isSortName)

/** All backups: found, sorted and paged by the agent, so that thousands are no burden here. */
export function BackupsPage({ database: wanted, who }: { database: string | undefined; who: Who }) {
  const { backups: words, restore, language, app } = useMessages()
  const mayRestore = administersAll(who)
  const [search, setSearch] = useState('')
  const [database, setDatabase] = useState(wanted ?? '')
  const [state, setState] = useState<State>('')
  const [day, setDay] = useState<string>()
  const [sort, setSort] = useState<Sort>(SORTS.newest)
  const [page, setPage] = useState(1)
  const known = useResource('databases', databases)
  const settled = useSettled(search)
  const query = {
    page,
    pageSize: PAGE_SIZE,
    sort: sort.key,
    order: sort.order,
    ...STATES[state],
    ...(settled === '' ? {} : { search: settled }),
    ...(database === '' ? {} : { database }),
    ...(day === undefined ? {} : boundsOf(day)),
  }
  const list = useResource(JSON.stringify(query), signal => backups(query, signal))
  // Of what is stored at all, however the list is narrowed, as by a link to the backups of one database.
  const stored = useResource('stored', signal => backups({ pageSize: 1 }, signal))
  const total = list.value?.total ?? 0
  const isNarrowed = search !== '' || database !== '' || state !== '' || day !== undefined
  const names = new Set(known.value?.items.map(({ name }) => String(name)))
  if (database !== '') names.add(database)

  /** Whatever is asked for anew begins on the first page. */
  const anew = (change: () => void) => {
    setPage(1)
    change()
  }
  const heading = (key: SortKey, label: string) => (
    <th
      scope="col"
      class={key === 'sizeBytes' ? 'amount' : ''}
      aria-sort={sort.key !== key ? 'none' : sort.order === 'asc' ? 'ascending' : 'descending'}
    >
      <button
        type="button"
        onClick={() =>
          anew(() => setSort({ key, order: sort.key === key && sort.order === 'desc' ? 'asc' : 'desc' }))
        }
      >
        {label}
        <span aria-hidden="true">{sort.key !== key ? '' : sort.order === 'asc' ? ' ↑' : ' ↓'}</span>
      </button>
    </th>
  )

  if (stored.value?.total === 0 && stored.value.unreachable.length === 0)
    return (
      <section class="stack">
        <h1>{words.title}</h1>
        <NoneYet databases={known.value?.items} wanted={wanted} mayStart={who.role !== 'look'} />
      </section>
    )
  return (
    <section class="stack">
      <h1>{words.title}</h1>
      <search class="row row-fields">
        <Field label={words.filter}>
          <input
            type="search"
            value={search}
            onInput={event => {
              const { value } = event.currentTarget
              anew(() => setSearch(value))
            }}
          />
        </Field>
        <Field label={words.database}>
          <select
            value={database}
            onChange={event => {
              const { value } = event.currentTarget
              anew(() => setDatabase(value))
            }}
          >
            <option value="">{words.all}</option>
            {[...names].sort().map(name => (
              <option key={name} value={name} dir="auto">
                {name}
              </option>
            ))}
          </select>
        </Field>
        <Field label={words.state}>
          <select
            value={state}
            onChange={event => {
              const { value } = event.currentTarget
              if (isState(value)) anew(() => setState(value))
            }}
          >
            <option value="">{words.anyState}</option>
            <option value="verified">{words.verified}</option>
            <option value="failed">{words.failedDrill}</option>
            <option value="unverified">{words.notVerified}</option>
            <option value="pinned">{words.pinned}</option>
            <option value="encrypted">{words.encrypted}</option>
          </select>
        </Field>
        <div class="where-cards">
          <Field label={words.sortBy}>
            <select
              value={SORT_NAMES.find(
                name => SORTS[name].key === sort.key && SORTS[name].order === sort.order,
              )}
              onChange={event => {
                const { value } = event.currentTarget
                if (isSortName(value)) anew(() => setSort(SORTS[value]))
              }}
            >
              {SORT_NAMES.map(name => (
                <option key={name} value={name}>
                  {words.sorts[name]}
                </option>
              ))}
            </select>
          </Field>
        </div>
      </search>
      <Calendar
        database={database}
        chosen={day}
        isTold={list.error !== undefined}
        onChoose={next => anew(() => setDay(next))}
      />
      <div class="row" role="status">
        {list.value !== undefined && (
          <span class="soft">
            {total > 0 ? words.found(total) : isNarrowed ? words.empty : words.noneYet}
          </span>
        )}
        {day !== undefined && (
          <button type="button" class="button" onClick={() => anew(() => setDay(undefined))}>
            {words.notOnlyDay(formatDay(day, language))}
          </button>
        )}
        {list.loading && <span class="soft">{app.loading}</span>}
      </div>
      {list.error && <Failure error={list.error} onRetry={list.reload} />}
      {list.value !== undefined && list.value.unreachable.length > 0 && (
        <div class="card tone-warn stack-tight" role="status">
          {words.notAll}
          <UnreachablePlaces places={list.value.unreachable} />
        </div>
      )}
      {list.value !== undefined && list.value.items.length > 0 && (
        <div class="table-wrap">
          <table class="table-cards backup-cards">
            <thead>
              <tr>
                {heading('takenAt', words.takenAt)}
                {heading('database', words.database)}
                {heading('sizeBytes', words.size)}
                <th scope="col">{words.state}</th>
                {mayRestore && <th scope="col">{restore.start}</th>}
              </tr>
            </thead>
            <tbody>
              {list.value.items.map(backup => (
                <Row key={backup.name} backup={backup} language={language} mayRestore={mayRestore} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pages page={page} total={total} pageSize={PAGE_SIZE} onPage={setPage} />
    </section>
  )
}

function Row(props: { backup: BackupView; language: string; mayRestore: boolean }) {
  const { backup, language, mayRestore } = props
  const { backups: words, restore } = useMessages()
  return (
    <tr>
      <td class="number">
        <a href={placeLink('backups', backup.name)}>{formatMoment(backup.takenAt, language)}</a>
      </td>
      <td data-label={words.database}>
        <bdi>{backup.database}</bdi>
      </td>
      <td data-label={words.size} class="number amount">
        {formatBytes(backup.sizeBytes, language)}
      </td>
      <td>
        <BackupBadges backup={backup} />
      </td>
      {mayRestore && (
        <td class="beside">
          <a href={placeLink('restore', backup.name)} aria-label={restore.restoreOne(backup.name)}>
            {restore.start}
          </a>
        </td>
      )}
    </tr>
  )
}
