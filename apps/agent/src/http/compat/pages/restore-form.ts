import { type Html, html } from '@odoo-backup/service'
import { formToken } from './frame.ts'
import type { PageWords } from './words.ts'

/** What the form shows: a fresh one, or what was entered before an error. Never a password. */
export interface RestoreForm {
  readonly backup: string
  readonly encrypted: boolean
  readonly name: string
  readonly copy: boolean
  readonly neutralise: boolean
}

export function restoreForm(form: RestoreForm, token: string, words: PageWords): Html {
  return html`
    <form method="post" action="/web/database/restore_via_odoo_backup_sh" class="card" id="restore">
      <h2>${words.restore}</h2>
      ${formToken(token)}
      <label for="backup_file_name">${words.backup}</label>
      <input id="backup_file_name" name="backup_file_name" value="${form.backup}" required>
      <label for="name">${words.newName}</label>
      <input id="name" name="name" value="${form.name}" required pattern="[a-zA-Z0-9][a-zA-Z0-9_.\\-]+" maxlength="63"
        autocomplete="off" title="${words.newNameRule}">
      ${form.encrypted ? encryptionPassword(words) : ''}
      <fieldset>
        <legend>${words.movedOrCopied}</legend>
        <label class="choice"><input type="radio" name="copy" value="true" ${form.copy ? html`checked` : ''}> <span>${words.isCopy}</span></label>
        <label class="choice"><input type="radio" name="copy" value="false" ${form.copy ? '' : html`checked`}> <span>${words.isMoved}</span></label>
      </fieldset>
      <label class="choice"><input type="checkbox" name="neutralize_database" value="true" ${form.neutralise ? html`checked` : ''}>
        <span>${words.neutralise}</span></label>
      <label for="restore_master_pwd">${words.masterPassword}</label>
      <input id="restore_master_pwd" name="master_pwd" type="password" autocomplete="current-password" required>
      <p class="actions"><button type="submit">${words.restore}</button></p>
    </form>`
}

function encryptionPassword(words: PageWords): Html {
  return html`
    <label for="encryption_password">${words.encryptionPassword}</label>
    <input id="encryption_password" name="encryption_password" type="password" autocomplete="off">`
}
