import { type Html, html } from '@odoo-backup/service'
import { formToken } from './frame.ts'

/** What the form shows: a fresh one, or what was entered before an error. Never a password. */
export interface RestoreForm {
  readonly backup: string
  readonly encrypted: boolean
  readonly name: string
  readonly copy: boolean
  readonly neutralise: boolean
}

export function restoreForm(form: RestoreForm, token: string): Html {
  return html`
    <form method="post" action="/web/database/restore_via_odoo_backup_sh" class="card" id="restore">
      <h2>Restore</h2>
      ${formToken(token)}
      <label for="backup_file_name">Backup</label>
      <input id="backup_file_name" name="backup_file_name" value="${form.backup}" required>
      <label for="name">Name of the new database</label>
      <input id="name" name="name" value="${form.name}" required pattern="[a-zA-Z0-9][a-zA-Z0-9_.\\-]+" maxlength="63"
        autocomplete="off" title="Two or more letters, digits, underscores, dots or hyphens; a letter or digit first">
      ${form.encrypted ? encryptionPassword() : ''}
      <fieldset>
        <legend>This database might have been moved or copied</legend>
        <label><input type="radio" name="copy" value="true" ${form.copy ? html`checked` : ''}> It is a copy: the original goes on living</label>
        <label><input type="radio" name="copy" value="false" ${form.copy ? '' : html`checked`}> It was moved: the original is gone</label>
      </fieldset>
      <label><input type="checkbox" name="neutralize_database" value="true" ${form.neutralise ? html`checked` : ''}>
        Neutralise: no mail is sent, no scheduled action runs, no payment is taken</label>
      <label for="restore_master_pwd">Master password</label>
      <input id="restore_master_pwd" name="master_pwd" type="password" autocomplete="current-password" required>
      <button type="submit">Restore</button>
    </form>`
}

function encryptionPassword(): Html {
  return html`
    <label for="encryption_password">Encryption password of this backup</label>
    <input id="encryption_password" name="encryption_password" type="password" autocomplete="off">`
}
