import type { CalendarDay } from '@odoo-backup/protocol'
import { useEffect, useRef } from 'preact/hooks'
import { calendar } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { dateFormat } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { calendarWeeks, dayHere } from './calendar-weeks.ts'
import { hideCutMonths } from './cut-months.ts'

/** The last year, one square a day: gaps are seen at a glance. A press shows the backups of that day. */
export function Calendar(props: {
  database: string
  chosen: string | undefined
  /** The list below says already that the agent cannot tell. */
  isTold: boolean
  onChoose: (day: string | undefined) => void
}) {
  const { backups: words, language } = useMessages()
  const { database, chosen, isTold, onChoose } = props
  const year = useResource(`calendar ${database}`, signal => calendar(database, signal))
  const scroller = useRef<HTMLElement>(null)
  const isShown = year.value !== undefined
  useEffect(() => {
    const element = scroller.current
    if (!isShown || element === null) return
    // On a small screen the present is looked at first.
    element.scrollLeft = element.scrollWidth
    return hideCutMonths(element)
  }, [isShown])
  if (year.value === undefined)
    return year.error && !isTold ? <Failure error={year.error} onRetry={year.reload} /> : null
  const days = new Map(year.value.items.map(item => [item.day, item]))
  const today = dayHere(new Date())
  const month = dateFormat(language, { month: 'short', timeZone: 'UTC' })
  const full = dateFormat(language, { dateStyle: 'long', timeZone: 'UTC' })
  const weeks = calendarWeeks(today)
  const wordsOf = (day: string, item: CalendarDay | undefined) =>
    words.onDay(full.format(new Date(day)), item?.backups ?? 0)
  return (
    <section class="card stack-tight" aria-label={words.calendar}>
      <div class="row row-spread">
        <h2 class="small">{words.calendar}</h2>
        <span class="row small soft">
          <span class="legend">
            <span class="day-sample" /> {words.legend.none}
          </span>
          <span class="legend">
            <span class="day-sample has-backup" /> {words.legend.backup}
          </span>
          <span class="legend">
            <span class="day-sample has-backup is-verified" /> {words.legend.verified}
          </span>
          <span class="legend">
            <span class="day-sample has-backup is-failed" /> {words.legend.failed}
          </span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="calendar" tabIndex={0} aria-label={words.calendar} ref={scroller}>
        {weeks.map((week, index) => (
          <div key={week[0]} class="week">
            <span class="month small soft" aria-hidden="true">
              {isNewMonth(weeks[index - 1]?.[0], week[0]) && (
                <span>{month.format(new Date(week[0] ?? 0))}</span>
              )}
            </span>
            {week.map(day => {
              const item = days.get(day)
              if (item === undefined)
                return (
                  <span key={day} class={day > today ? 'day is-later' : 'day'} title={wordsOf(day, item)} />
                )
              return (
                <button
                  key={day}
                  type="button"
                  class={`day has-backup ${item.failed > 0 ? 'is-failed' : item.verified > 0 ? 'is-verified' : ''}`}
                  aria-pressed={chosen === day}
                  aria-label={wordsOf(day, item)}
                  title={wordsOf(day, item)}
                  onClick={() => onChoose(chosen === day ? undefined : day)}
                />
              )
            })}
          </div>
        ))}
      </section>
    </section>
  )
}

function isNewMonth(before: string | undefined, day: string | undefined): boolean {
  return before !== undefined && before.slice(0, 7) !== day?.slice(0, 7)
}
