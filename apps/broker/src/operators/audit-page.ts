import { type Html, html } from '@odoo-backup/service'
import { type AuditRow, actionsLike } from '../admin/find-events.ts'
import { namedByDots, sentence } from '../pages/line-ends.ts'
import { dayAndTime } from '../pages/time.ts'
import { type Told, toldBy } from './audit-details.ts'
import { type ListPlace, otherPages } from './frame.ts'
import type { ConsoleMessages } from './messages/index.ts'
import type { Names } from './names.ts'
import type { Operator } from './operator-door.ts'
import { addressText } from './short-ids.ts'
import { accountField, type SoughtAccount, soughtSentence } from './sought-account.ts'
import { actorText, whoseCell } from './who.ts'

export interface AuditPageContent extends ListPlace {
  /** Absent: of all. */
  readonly sought: SoughtAccount | undefined
  /** What is looked for among the names of what happened, as it was given. */
  readonly action: string | undefined
  /** The names of all that the log tells of. */
  readonly actions: readonly string[]
  readonly outcome: 'done' | 'refused' | undefined
  /** Of all whom the items name. */
  readonly names: Names
  readonly items: readonly AuditRow[]
}

const PATH = '/operator/audit'

/** What happened, newest first. */
export function auditPage(
  { words, site }: Pick<Operator, 'words' | 'site'>,
  { sought, action, actions, outcome, names, items, ...place }: AuditPageContent,
): Html {
  const { audit: own, outcomes } = words
  const choice = (value: string, label: string) =>
    html`<option value="${value}"${value === (outcome ?? '') && html` selected`}>${label}</option>`
  return html`${soughtSentence(words, PATH, sought)}
<form class="search" method="get" action="${PATH}" role="search">
<div><label for="action">${words.what}</label>
<input type="search" id="action" name="action" value="${action}" maxlength="100" placeholder="credentials.vended" list="actions">
<datalist id="actions">${actions.map(name => html`<option value="${name}">`)}</datalist></div>
${accountField(words, sought)}
<div><label for="outcome">${words.outcome}</label>
<select id="outcome" name="outcome">${choice('', outcomes.any)}${choice('done', outcomes.done)}${choice('refused', outcomes.refused)}</select></div>
<button type="submit">${words.show}</button></form>
${items.length === 0 ? nothing(own, { sought, action, actions }) : table({ words, site }, names, items)}
${otherPages(words, PATH, { accountId: sought?.given, action, outcome }, place)}`
}

/** Why the list is empty. */
function nothing(
  own: ConsoleMessages['audit'],
  { sought, action, actions }: Pick<AuditPageContent, 'sought' | 'action' | 'actions'>,
): Html | false {
  if (action !== undefined && actionsLike(actions, action).length === 0)
    return html`<p>${own.noSuchName(html`<bdi>${action}</bdi>`)}</p>`
  return (sought === undefined || sought.id !== undefined) && html`<p>${own.nothing}</p>`
}

function table(
  { words, site }: Pick<Operator, 'words' | 'site'>,
  names: Names,
  items: readonly AuditRow[],
): Html {
  const own = words.audit
  return html`<div class="table"><table class="cards many"><thead><tr><th>${words.when}</th><th>${words.what}</th><th>${own.whoAndFrom}</th><th>${own.about}</th><th>${own.more}</th></tr></thead><tbody>
${items.map(
  row => html`<tr><td data-label="${words.when}">${dayAndTime(new Date(row.at))}</td>
<td data-label="${words.what}">${namedByDots(row.action)} ${row.outcome === 'refused' && html`<span class="badge danger">${words.outcomes.refused}</span>`}</td>
<td class="parts" data-label="${own.whoAndFrom}">${actorText(words, names, row.actor)} ${addressText(row.address)}</td>
${whoseCell(words, names, { label: own.about, whose: row })}
<td class="long details" data-label="${own.more}">${told(toldBy(row, words, site))}</td></tr>`,
)}
</tbody></table></div>`
}

/** Each on a line of its own. */
function told(lines: readonly Told[]): Html | false {
  return (
    lines.length > 0 &&
    html`<ul class="facts">${lines.map(
      ({ label, text }) =>
        html`<li>${label !== undefined && html`<span class="quiet">${label}:</span> `}<bdi>${sentence(text)}</bdi></li>`,
    )}</ul>`
  )
}
