import { type Html, html } from '@odoo-backup/service'
import type { WorkGoes, WorkState } from '../billing/operation/work-state.ts'
import { time } from '../pages/time.ts'
import type { LateSamples } from '../usage/late-samples.ts'
import type { ConsoleMessages } from './messages/index.ts'

/** How the broker's own work goes. */
export interface OwnWorkSeen {
  readonly goes: readonly WorkGoes[]
  readonly lateSamples: LateSamples
}

const BEHIND: readonly WorkState[] = ['failing', 'hanging', 'late']

/** Whether something of it is late or fails. */
export function isBehind({ goes, lateSamples: { before, never } }: OwnWorkSeen): boolean {
  return goes.some(({ state }) => BEHIND.includes(state)) || before.accounts > 0 || never.accounts > 0
}

/** What is late or fails, since when, and what to do. */
export function workWarnings(words: ConsoleMessages, { goes, lateSamples }: OwnWorkSeen): Html {
  const own = words.health.work
  const { before, never } = lateSamples
  const accounts = (count: number) => count.toLocaleString(words.language)
  return html`${goes.map(work => {
    const said = warningOf(words, work)
    return said !== undefined && html`<p class="card warn">${said}</p>`
  })}
${
  (before.accounts > 0 || never.accounts > 0) &&
  html`<p class="card warn"><strong>${own.samples}</strong>${before.accounts > 0 && html` ${own.samplesLate(accounts(before.accounts), time(before.since))}`}${never.accounts > 0 && html` ${own.samplesMissing(accounts(never.accounts), time(never.since))}`} ${own.samplesFollow}</p>`
}`
}

function warningOf(words: ConsoleMessages, work: WorkGoes): Html | undefined {
  const { work: own, logTells } = words.health
  const { state, since, everySeconds, failures, doneAt } = work
  const name = html`<strong>${own.names[work.name]}</strong>`
  switch (state) {
    case 'failing': {
      const times = { times: failures, count: failures.toLocaleString(words.language) }
      const before = doneAt === undefined ? own.neverDone : own.lastDoneAt(time(doneAt))
      return html`${own.failed(name, times, time(since))} ${before} ${own.whatToDo[work.name]} ${own.againInTurn} ${logTells}`
    }
    case 'late':
      return own.late(name, time(since), duration(everySeconds, words.language))
    case 'hanging':
      return own.hanging(name, time(since))
    default:
      return undefined
  }
}

function duration(seconds: number, language: string): string {
  const [value, unit] = seconds < 3600 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour']
  return value.toLocaleString(language, { style: 'unit', unit, unitDisplay: 'long' })
}

/** All work by the clock, with when it was last done and when it last failed. */
export function workTable(words: ConsoleMessages, goes: readonly WorkGoes[]): Html {
  const own = words.health.work
  return html`<h2>${own.title}</h2>
<p class="quiet">${own.shared}</p>
<div class="table"><table class="cards"><thead><tr><th>${words.what}</th><th>${own.lastDone}</th><th>${own.lastFailed}</th><th>${words.state}</th></tr></thead><tbody>
${goes.map(
  ({ name, state, doneAt, failedAt }) =>
    html`<tr><td data-label="${words.what}">${own.names[name]}</td>
<td class="whole" data-label="${own.lastDone}">${time(doneAt, own.never)}</td>
<td class="whole" data-label="${own.lastFailed}">${time(failedAt, own.never)}</td>
<td data-label="${words.state}">${badge(own.states[state], state)}</td></tr>`,
)}
</tbody></table></div>`
}

function badge(text: string, state: WorkState): Html {
  if (BEHIND.includes(state)) return html`<span class="badge warn">${text}</span>`
  return state === 'done'
    ? html`<span class="badge good">${text}</span>`
    : html`<span class="badge">${text}</span>`
}
