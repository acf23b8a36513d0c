import type { RestoreCheckText } from '@odoo-backup/protocol'
import { formatBytes } from '../../format.ts'
import type { Messages } from '../en/index.ts'

type Room = Extract<RestoreCheckText, { code: 'room_enough' | 'room_lacking' }>

const size = (bytes: number) => formatBytes(bytes, 'de')

const PURPOSES: Readonly<Record<Room['purpose'], string>> = {
  files: 'Die Dateien brauchen',
  decrypting: 'Das Entschlüsseln braucht',
  database: 'Die Datenbank braucht etwa',
  together: 'Alles zusammen braucht',
}

const roomNeeded = ({ purpose, neededBytes, folder, freeBytes }: Room) =>
  `${PURPOSES[purpose]} ${size(neededBytes)} in ${folder}; frei sind dort ${size(freeBytes)}.`

export const restoreChecks: Messages['restoreChecks'] = {
  archive_found: () => 'Das Archiv ist da.',
  archive_unusable: () =>
    'Das Archiv ist nicht zu gebrauchen. Stellen Sie eine andere Sicherung wieder her, und prüfen Sie diese.',
  password_needed: () => 'Diese Sicherung ist verschlüsselt. Geben Sie ihr Passwort ein.',
  password_right: () => 'Das Passwort stimmt.',
  password_wrong: () =>
    'Das Passwort der Verschlüsselung ist falsch. Geben Sie das ein, das galt, als diese Sicherung gemacht wurde.',
  dump_has_no_files: () =>
    'Ein dump enthält keine Dateien. Stellen Sie die Dateien aus einem zip wieder her.',
  dump_leaves_files_out: () =>
    'Ein dump enthält keine Dateien: Anhänge fehlen, wenn ihre Dateien nicht schon da sind.',
  name_free: ({ database }) => `Der Name ${database} ist frei.`,
  name_replaced: ({ database, keptAs }) =>
    `Die Datenbank ${database} wird geschlossen, ihre Benutzer werden abgemeldet, und sie bleibt als ${keptAs} erhalten.`,
  name_refused: () => 'Unter diesem Namen kann nicht wiederhergestellt werden.',
  folder_refused: () => 'Die Dateien können nicht geschrieben werden.',
  room_enough: roomNeeded,
  room_lacking: room => `${roomNeeded(room)} Schaffen Sie dort Platz.`,
  postgres_answers: ({ server, psql }) => `PostgreSQL ${server} antwortet; psql ist ${psql}.`,
  postgres_older: ({ server, backup, atLeast }) =>
    `Die Sicherung wurde mit PostgreSQL ${backup} gemacht, dieser Server ist ${server}: Vielleicht kennt er nicht alles darin. Scheitert das Wiederherstellen, nehmen Sie PostgreSQL ${atLeast} oder neuer.`,
  postgres_unusable: () => 'PostgreSQL kann sie jetzt nicht aufnehmen.',
  odoo_same: ({ version }) => `Odoo ${version}, wie Datenbanken dieses Servers.`,
  odoo_other: ({ version, here }) =>
    `Die Sicherung ist von Odoo ${version}, die Datenbanken hier sind von ${here.join(', ')}. Nur Odoo ${version} kann mit ihr arbeiten.`,
  modules_present: () => 'Dieser Server hat alle Module der Sicherung.',
  modules_lacking: ({ named, count }) =>
    `Diesem Server fehlen Module der Sicherung: ${named.join(', ')}${count > named.length ? ` und ${count - named.length} weitere` : ''}. Installieren Sie sie, bevor Odoo mit der Datenbank arbeitet.`,
  modules_unknown: () =>
    'Welche Module diesem Server fehlen, lässt sich nicht sagen: Die Programme von Odoo wurden nicht gefunden. Sagen Sie mit odoo_backup_sh_addons_path in der Konfigurationsdatei des Agenten, wo sie liegen.',
  code_let_in: () => 'Funktionen, Trigger und Regeln der Sicherung dürfen hinein.',
  code_asks: () =>
    'Die Sicherung bringt eigene Funktionen, Trigger oder Regeln mit. Vertrauen Sie dem, der sie gemacht hat, sagen Sie es: Dann dürfen sie hinein.',
  code_refused: () =>
    'Die Sicherung enthält, was dieser Agent in keine Datenbank lässt; das Wiederherstellen wird abgelehnt.',
}
