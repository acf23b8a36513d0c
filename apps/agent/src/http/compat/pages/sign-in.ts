import { type Html, html } from '@odoo-backup/service'
import { alert } from './frame.ts'

/** `code` is the one-time code of the log-in at the broker: it waits in the form until somebody signed in. */
export function signInPage(options: {
  next: string
  code?: string | undefined
  error?: string | undefined
}): Html {
  return html`
    ${options.error === undefined ? '' : alert('danger', options.error)}
    <p>The list of backups is for administrators. Enter Odoo's master password, the one that the database
    manager asks for.</p>
    ${options.code === undefined ? '' : alert('warn', 'Signing in now also connects this server to the account that you have just approved it for. If you did not, leave this page.')}
    <form method="post" action="/odoo_backup_sh/sign_in" class="card">
      <input type="hidden" name="next" value="${options.next}">
      ${options.code === undefined ? '' : html`<input type="hidden" name="odoo_backup_code" value="${options.code}">`}
      <label for="master_pwd">Master password</label>
      <input id="master_pwd" name="master_pwd" type="password" autocomplete="current-password" required autofocus>
      <button type="submit">Show the backups</button>
    </form>`
}
