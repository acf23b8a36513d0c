import { type BackupView, BINDING_CODE_PARAMETER, type FailureView } from '@odoo-backup/protocol'
import { type Html, html } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
import { circumstancesOf, isCopyFor, isOwn, restoreReason } from '../../operations/restore-default.ts'
import type { PaymentRequired } from '../../operations.ts'
import { someInventory } from '../../overview/some-inventory.ts'
import { isOver } from '../../wording/job.ts'
import { connectionFor, requireForAccount } from '../access/account-links.ts'
import { ownUrl } from '../access/own-address.ts'
import { mayReach, mayReachBackup } from '../access/permission.ts'
import type { Session } from '../access/sessions.ts'
import { unreachableFor } from '../api/unreachable.ts'
import { answerPage, asAgentError } from './answer.ts'
import type { CompatContext } from './context.ts'
import { BindForm, queryText, readForm } from './form.ts'
import { backupListPage } from './pages/backup-list.ts'
import { confirmCodePage, logInAtBrokerPage, paymentPage } from './pages/connect.ts'
import { alert, alertWithWay, failureWords, outwardLink } from './pages/frame.ts'
import type { RestoreForm } from './pages/restore-form.ts'
import { signInPage } from './pages/sign-in.ts'
import { type PageWords, wordsFor } from './pages/words.ts'

const PER_PAGE = 50

/**
 * `GET /web/database/backups`: the list of complete backups and the form to restore one. Only those who gave the
 * master password read it: an anonymous visitor sees the question for it, and neither the list nor the way to bind
 * this server to an account.
 */
export async function showBackups(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const words = wordsFor(request)
  const session = context.access.session(request)
  const code = queryText(request, BINDING_CODE_PARAMETER)
  if (session === undefined) return answerPage(response, signInPage({ words, next: ownPath(request), code }))
  if (code !== undefined) {
    requireForAccount(session.principal)
    // Whoever did not set out from here may have been lured by a link with a stranger's code.
    if (!session.awaitsCode) return answerPage(response, confirmCodePage(code, session.formToken, words))
    session.awaitsCode = false
    await context.operations.connect({ code })
    return response.redirect(303, ownPath(request))
  }
  const redirect = ownUrl(request, context.settings(), [BINDING_CODE_PARAMETER])
  const connection = connectionFor(session.principal, await context.operations.connect({ redirect }))
  if (connection.state === 'login_required') {
    session.awaitsCode = true
    return answerPage(response, logInAtBrokerPage(connection.authLink, words))
  }
  if (connection.state === 'payment_required' && connection.mayRestore !== true)
    return answerPage(response, paymentPage(connection.message, connection.rechargeLink, words), 402)
  const refusal =
    connection.state === 'payment_required' ? { ...connection, code: connection.state } : connection.refusal
  await answerBackupList(context, request, response, session, refusal === undefined ? {} : { refusal })
}

/** `POST /odoo_backup_sh/bind`: the visitor says that the code in the address is their own. */
export async function bindByForm(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const principal = await context.access.principal(request)
  if (principal === undefined) throw new AgentError('not_signed_in', 'Your session is over. Sign in again.')
  requireForAccount(principal)
  const { odoo_backup_code: code } = readForm(BindForm, request)
  await context.operations.connect({ code })
  response.redirect(303, '/web/database/backups')
}

/** Why an account takes no new backup although what it has can be read. */
type Refusal = FailureView & Pick<PaymentRequired, 'rechargeLink'>

/** What stands above the list. */
export interface ListRemarks {
  readonly refused?: { readonly form: Omit<RestoreForm, 'encrypted'>; readonly failure: AgentError }
  /** Why the account takes no new backup. */
  readonly refusal?: Refusal
}

/** The list, with what was entered and the error when a restore was refused. */
export async function answerBackupList(
  context: CompatContext,
  request: Request,
  response: Response,
  session: Session,
  { refused, refusal }: ListRemarks = {},
): Promise<void> {
  const inventory = await someInventory(context.operations)
  const backups = inventory.backups.filter(backup => mayReachBackup(session.principal, backup))
  const pages = Math.max(1, Math.ceil(backups.length / PER_PAGE))
  const page = Math.min(pages, Math.max(1, Number.parseInt(queryText(request, 'page') ?? '1', 10) || 1))
  const lone = queryText(request, 'all') === undefined ? undefined : inventory.loneArchives
  const { items: databases, failure } = await orFailure(context, context.operations.databases())
  const present = databases?.map(({ name }) => name)
  const { items: jobs } = await orFailure(context, context.operations.jobs())
  const words = wordsFor(request)
  const body = backupListPage({
    words,
    formToken: session.formToken,
    backups: await context.operations.withMissingFiles(backups.slice((page - 1) * PER_PAGE, page * PER_PAGE)),
    page,
    pages,
    total: backups.length,
    databases: (present ?? []).filter(name => mayReach(session.principal, name)),
    running: (jobs ?? []).filter(job => !isOver(job) && mayReach(session.principal, job.database)),
    form:
      refused === undefined
        ? freshForm(chosen(backups, queryText(request, 'backup')), present)
        : { ...refused.form, encrypted: asksForPassword(backups, refused.form.backup) },
    lone: lone?.filter(backup => mayReachBackup(session.principal, backup)),
    refusal: refused?.failure,
    warnings: [
      ...(refusal === undefined ? [] : [noNewBackups(refusal, words)]),
      ...(failure === undefined ? [] : [alert('warn', failureWords(words, failure))]),
      ...unreachableFor(session.principal, inventory).map(({ place, ...why }) =>
        alert('warn', html`${words.notListed(place)} ${failureWords(words, why)}`),
      ),
    ],
  })
  answerPage(response, body, refused?.failure.status ?? (refusal?.code === 'payment_required' ? 402 : 200))
}

/** What is stored can be restored; who may do something about the rest has been given the way to it. */
function noNewBackups({ code, message, rechargeLink }: Refusal, words: PageWords): Html {
  const why = failureWords(words, { code, message })
  if (rechargeLink === undefined) return alert('warn', why)
  return alertWithWay('warn', why, outwardLink(rechargeLink, words.buyCredit))
}

/** The newest of this server's own, where none is asked for: another's may be of a database that is live elsewhere. */
function chosen(backups: readonly BackupView[], name: string | undefined): BackupView | undefined {
  return backups.find(backup => backup.name === name) ?? backups.find(isOwn) ?? backups[0]
}

/** Of a backup that nobody knows here, it may be needed. */
function asksForPassword(backups: readonly BackupView[], name: string): boolean {
  return backups.find(backup => backup.name === name)?.encrypted ?? true
}

/**
 * Proposes what a restore is where nobody says so, under the backup's own name where that is free.
 * @param present all of Odoo's databases on this server; absent where they are not known, and any may be among them
 */
function freshForm(backup: BackupView | undefined, present: readonly string[] | undefined): RestoreForm {
  if (backup === undefined) return { backup: '', encrypted: true, name: '', copy: true, neutralise: true }
  const { name: stored, database, encrypted } = backup
  const circumstances = circumstancesOf(backup, { present: present ?? [database], replaced: undefined })
  const copy = isCopyFor(restoreReason(circumstances))
  const isFree = present?.includes(database) === false
  const name = isFree ? database : `${database}-restored`
  return { backup: stored, encrypted, name, copy, neutralise: copy }
}

/** While PostgreSQL is down the stored backups are still worth showing, with what is wrong. */
async function orFailure<Item>(
  context: CompatContext,
  promise: Promise<readonly Item[]>,
): Promise<{ items?: readonly Item[]; failure?: FailureView }> {
  try {
    return { items: await promise }
  } catch (error) {
    return { failure: asAgentError(context, error) }
  }
}

/** This page's own path and query without the one-time code. */
function ownPath(request: Request): string {
  const url = new URL(request.originalUrl, 'http://localhost')
  url.searchParams.delete(BINDING_CODE_PARAMETER)
  return url.pathname + url.search
}
