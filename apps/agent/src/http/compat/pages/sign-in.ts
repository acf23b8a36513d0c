import { type Html, html } from '@odoo-backup/service'
import { alert, type Failure, failureAlert } from './frame.ts'
import type { PageWords } from './words.ts'

/** Why something was not done, after a sentence that says what. */
export interface Refused {
  readonly failure: Failure
  readonly lead?: string
}

/** `code` is the one-time code of the log-in at the broker: it waits in the form until somebody signed in. */
export function signInPage(options: {
  words: PageWords
  next: string
  code?: string | undefined
  refused?: Refused | undefined
}): Html {
  const { words } = options
  return html`
    ${options.refused === undefined ? '' : failureAlert(words, options.refused.failure, options.refused.lead)}
    <p>${words.forAdministrators}</p>
    ${options.code === undefined ? '' : alert('warn', words.connectsToo)}
    <form method="post" action="/odoo_backup_sh/sign_in" class="card">
      <input type="hidden" name="next" value="${options.next}">
      ${options.code === undefined ? '' : html`<input type="hidden" name="odoo_backup_code" value="${options.code}">`}
      <label for="master_pwd">${words.masterPassword}</label>
      <input id="master_pwd" name="master_pwd" type="password" autocomplete="current-password" required autofocus>
      <p class="actions"><button type="submit">${words.showBackups}</button></p>
    </form>`
}
