import type { Schedule } from '@odoo-backup/protocol'
import { useMessages } from '../../messages/index.ts'
import { Field } from '../../parts/field.tsx'

const UNITS = ['minutes', 'hours', 'days', 'weeks', 'months'] as const
type Unit = (typeof UNITS)[number]

const isUnit = (text: string): text is Unit => UNITS.some(unit => unit === text)
/** When a schedule runs that names no time of day. */
const MIDNIGHT = '00:00'
const hasTimeOfDay = (unit: Unit) => unit !== 'minutes' && unit !== 'hours'
const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Any number of schedules, each "every N units" with a time of day, or a cron expression. */
export function ScheduleEditor(props: {
  schedules: readonly Schedule[]
  /** Weekly is what to begin with, as a drill restores a whole backup. */
  drills?: boolean
  /** Of a whole schedule, or of a member of it. */
  faultAt: (index: number, member?: string) => string | undefined
  onChange: (schedules: readonly Schedule[]) => void
}) {
  const { schedules: words } = useMessages()
  const first: Schedule = props.drills
    ? { kind: 'every', every: 1, unit: 'weeks', at: '04:00', timeZone: ownTimeZone() }
    : { kind: 'every', every: 1, unit: 'days', at: '02:00', timeZone: ownTimeZone() }
  const put = (index: number, schedule: Schedule) => props.onChange(props.schedules.with(index, schedule))
  return (
    <div class="stack">
      {props.schedules.map((schedule, index) => (
        <div key={index} class={`row schedule schedule-${schedule.kind}`}>
          {schedule.kind === 'every' ? (
            <Every
              schedule={schedule}
              faultAt={member => props.faultAt(index, member)}
              onChange={next => put(index, next)}
            />
          ) : (
            <Field label={words.cron} error={props.faultAt(index)}>
              <input
                required
                value={schedule.expression}
                onInput={event => put(index, { ...schedule, expression: event.currentTarget.value })}
              />
            </Field>
          )}
          <span class="small soft">{schedule.timeZone}</span>
          <button
            type="button"
            class="button"
            aria-label={words.removeOne(index + 1)}
            onClick={() => props.onChange(props.schedules.toSpliced(index, 1))}
          >
            {words.remove}
          </button>
        </div>
      ))}
      <div class="row">
        <button type="button" class="button" onClick={() => props.onChange([...props.schedules, first])}>
          {props.drills ? words.addWeekly : words.addNightly}
        </button>
        <button
          type="button"
          class="button"
          onClick={() =>
            props.onChange([
              ...props.schedules,
              { kind: 'cron', expression: '0 2 * * *', timeZone: ownTimeZone() },
            ])
          }
        >
          {words.addCron}
        </button>
      </div>
    </div>
  )
}

type EverySchedule = Extract<Schedule, { kind: 'every' }>

function Every({
  schedule,
  faultAt,
  onChange,
}: {
  schedule: EverySchedule
  faultAt: (member?: string) => string | undefined
  onChange: (next: EverySchedule) => void
}) {
  const { schedules: words } = useMessages()
  const { at, ...timeless } = schedule
  const [unitFault, timeFault] = [faultAt('unit'), faultAt('at')]
  return (
    <>
      <Field
        label={words.every}
        error={unitFault === undefined && timeFault === undefined ? faultAt() : undefined}
      >
        <input
          type="number"
          min={1}
          max={1000}
          required
          value={schedule.every}
          onInput={event => onChange({ ...schedule, every: event.currentTarget.valueAsNumber || 1 })}
        />
      </Field>
      <Field label={words.unit} error={unitFault}>
        <select
          value={schedule.unit}
          onChange={event => {
            const unit = event.currentTarget.value
            if (!isUnit(unit)) return
            onChange({ ...timeless, unit, ...(hasTimeOfDay(unit) ? { at: at ?? '02:00' } : {}) })
          }}
        >
          {UNITS.map(unit => (
            <option key={unit} value={unit}>
              {words.units[unit]}
            </option>
          ))}
        </select>
      </Field>
      {hasTimeOfDay(schedule.unit) && (
        <Field label={words.at} error={timeFault}>
          <input
            type="time"
            required
            value={at ?? MIDNIGHT}
            onInput={event => onChange({ ...schedule, at: event.currentTarget.value })}
          />
        </Field>
      )}
    </>
  )
}
