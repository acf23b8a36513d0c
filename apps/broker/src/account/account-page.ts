import { Purpose } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import type { OpenApproval } from '../login/binding.ts'
import type { Session } from '../login/sessions.ts'
import { noticeMessage } from '../notices/notice-text.ts'
import { formToken, logOutForm } from '../pages/forms.ts'
import { mailAddress, sentence, webAddress, webAddresses } from '../pages/line-ends.ts'
import type { Messages } from '../pages/messages/en.ts'
import type { WordedPage } from '../pages/send-page.ts'
import { time } from '../pages/time.ts'
import type { InstancesPage, InstanceView } from '../registry/account-instances.ts'
import type { ShownNotice } from './latest-notices.ts'

export interface AccountPageContent {
  readonly session: Session
  /** Shows the way to the operators' pages. */
  readonly isOperator: boolean
  readonly instances: InstancesPage
  /** The one that lapses first is the first. */
  readonly openApprovals: readonly OpenApproval[]
  /** Newest first. */
  readonly notices: readonly ShownNotice[]
  /** The link by which the operator is reached, where one is named. */
  readonly contact: Html | undefined
  /** How long a credential that is out goes on working. */
  readonly credentialMinutes: number
  /** What other parts show, such as storage and balance. */
  readonly sections: readonly ((words: Messages) => AccountSection)[]
}

/** What another part shows of an account. */
export interface AccountSection {
  /** Stands before all else. */
  readonly urgent?: Html
  /** Headings in it, by the anchors that lead to them. */
  readonly places: readonly AccountPlace[]
  readonly body: Html
}

export interface AccountPlace {
  readonly anchor: string
  readonly name: string
}

/** What an account sees of itself. */
export function accountPage(content: AccountPageContent): WordedPage {
  const { session, isOperator, instances, openApprovals, notices, sections, contact } = content
  const { credentialMinutes } = content
  const { account } = session
  const shown = [...instances.inUse, ...instances.revoked]
  const told = inTwoParts(notices)
  const isFolded = instances.inUse.length > OPEN_INSTALLATIONS
  return words => {
    const texts = words.account
    const others = sections.map(section => section(words))
    const places = [...others.flatMap(other => other.places), { anchor: 'notices', name: texts.notices }]
    return {
      title: texts.title,
      navigation: html`${isOperator && html`<nav aria-label="${words.operator}"><a href="/operator">${words.operatorConsole}</a></nav>`}${logOutForm(session, words)}`,
      body: html`<p>${texts.loggedInAs(
        html`<strong><bdi>${mailAddress(account.email ?? account.name ?? account.folder)}</bdi></strong>`,
        html`<code>${account.folder}</code>`,
      )}</p>
${account.suspended && html`<p role="alert" class="card danger">${texts.suspended}${contact === undefined ? '.' : html`: ${contact}`}</p>`}
${others.map(({ urgent }) => urgent)}
${isFolded && html`<nav class="places" aria-label="${texts.onThisPage}">${places.map(({ anchor, name }) => html`<a href="#${anchor}">${name}</a>`)}</nav>`}
<h2>${texts.installations}</h2>
${shown.length === 0 && openApprovals.length === 0 && html`<p>${texts.noInstallations}</p>`}
${openApprovals.length > 0 && openApprovalsCard(openApprovals, session, words)}
${instances.inUse.length > 0 && html`<p class="quiet" id="revoking">${texts.revoking(credentialMinutes)}</p>`}
<div${isFolded && html` class="grid wide"`}>${shown.map(instance => instanceCard(instance, { session, isFolded }, words))}</div>
${instances.next !== undefined && html`<p class="actions"><a class="button" href="/account?after=${instances.next}">${texts.earlier}</a></p>`}
${others.map(({ body }) => body)}
<section class="card"><h2 id="notices">${texts.notices}</h2>
${notices.length === 0 ? html`<p>${texts.none}</p>` : noticeList(told.open, words)}
${told.folded.length > 0 && html`<details><summary>${texts.earlierNotices(told.folded.length)}</summary>${noticeList(told.folded, words)}</details>`}</section>`,
    }
  }
}

/** Of more installations in use than these, what is changed of each is folded. */
const OPEN_INSTALLATIONS = 2
/** So many notices of what is over are read without a click. */
const OPENLY = 5

/** What still stands, such as a payment that is due, is never folded, however much was told since. */
function inTwoParts(notices: readonly ShownNotice[]): {
  readonly open: readonly ShownNotice[]
  readonly folded: readonly ShownNotice[]
} {
  const past = notices.filter(({ text }) => text === undefined || text.code === 'instance_bound')
  const folded = new Set(past.slice(OPENLY))
  return { open: notices.filter(notice => !folded.has(notice)), folded: [...folded] }
}

function noticeList(notices: readonly ShownNotice[], words: Messages): Html {
  return html`<ul class="entries">${notices.map(notice => html`<li><span class="quiet">${time(notice.createdAt)}</span><br>${noticeWords(notice, words)}</li>`)}</ul>`
}

function noticeWords({ text, message }: ShownNotice, words: Messages): Html {
  return text === undefined
    ? html`<bdi lang="en">${sentence(message)}</bdi>`
    : html`<bdi>${sentence(noticeMessage(text, words, 'account page'))}</bdi>`
}

function instanceCard(
  instance: InstanceView,
  { session, isFolded }: { readonly session: Session; readonly isFolded: boolean },
  words: Messages,
): Html {
  const { account: texts, never } = words
  const { id, name, origins, approvedAt, lastSeenAt, revokedAt } = instance
  const [origin] = origins
  // An address that is the heading is not told again.
  const isTold = name === undefined && origins.length === 1
  const approved = html`<dt>${texts.approved}</dt><dd>${time(approvedAt, never)}</dd>`
  const isShort = isFolded && revokedAt === undefined
  const about = html`<h3 id="of-${id}"><bdi>${name ?? (origin === undefined ? texts.withoutAddress : webAddress(origin))}</bdi></h3>
<dl>
${!isTold && html`<dt>${texts.addresses}</dt><dd>${origins.length === 0 ? texts.fromCommandLine : webAddresses(origins)}</dd>`}
${!isShort && approved}
<dt>${texts.lastSeen}</dt><dd>${time(lastSeenAt, never)}</dd>
</dl>`
  if (revokedAt !== undefined)
    return html`<section class="card">${about}<p class="danger">${texts.revoked} ${time(revokedAt)}</p></section>`
  const forms = instanceForms(instance, session, words)
  return html`<section class="card">${about}
${isShort ? html`<details><summary aria-describedby="of-${id}">${texts.change}</summary><dl>${approved}</dl>${forms}</details>` : forms}</section>`
}

/** What is changed of an installation: what it is called, what it may do, and that it may do nothing more. */
function instanceForms(
  { id, name, purposes: allowed }: InstanceView,
  session: Session,
  { account: texts, consent: { may }, purposes }: Messages,
): Html {
  return html`<form method="post" action="/account/instances/${id}">
${formToken(session)}
<label for="name-${id}">${texts.name}</label>
<input type="text" id="name-${id}" name="name" maxlength="80" value="${name}" dir="auto">
<fieldset><legend>${may}</legend>
${Purpose.options.map(
  purpose =>
    html`<label class="choice"><input type="checkbox" name="purposes" value="${purpose}"${
      allowed.includes(purpose) && html` checked`
    }> ${purposes[purpose]}</label>`,
)}
</fieldset>
<p class="actions"><button type="submit">${texts.save}</button></p>
</form>
<form method="post" action="/account/instances/${id}/revoke">
${formToken(session)}
<p class="actions"><button type="submit" class="danger" aria-describedby="of-${id} revoking"><span>${name === undefined ? texts.revokeThis : texts.revoke(html`<bdi>${name}</bdi>`)}</span></button></p>
</form>`
}

/** Somebody who approved by mistake has until the code is brought to take it back. */
function openApprovalsCard(
  approvals: readonly OpenApproval[],
  session: Session,
  { account: texts }: Messages,
): Html {
  // Each address once, with the end of its last approval.
  const latest = new Map(approvals.map(({ origin, expiresAt }) => [origin, expiresAt]))
  return html`<section class="card warn"><h3>${texts.openApprovals}</h3>
<p>${texts.notFetched}</p>
<ul>${[...latest].map(([origin, expiresAt]) => html`<li><bdi>${origin === undefined ? texts.commandLine : webAddress(origin)}</bdi>, ${texts.until} ${time(expiresAt)}</li>`)}</ul>
<form method="post" action="/account/approvals/withdraw">${formToken(session)}
<p class="actions"><button type="submit" class="danger">${approvals.length > 1 ? texts.withdrawAll : texts.withdraw}</button></p></form></section>`
}
