import type { AgentErrorCode } from '../agent-errors.ts'

/** What stands beside it is the agent's own sentence, with its particulars. */
const CODES: Readonly<Record<AgentErrorCode, string>> = {
  login_required:
    'Der Speicher verlangt eine Anmeldung. Sie ist Sache derer, die den ganzen Server verwalten.',
  access_denied: 'Der Zugang wurde auf der Seite der Zustimmung abgelehnt.',
  code_refused:
    'Der Code ist falsch, verbraucht oder zu alt. Melden Sie sich noch einmal an, um einen neuen zu bekommen.',
  access_revoked: 'Das Konto hat diesem Server den Zugang entzogen.',
  account_suspended: 'Das Konto ist gesperrt.',
  // Whether credit is missing, the broker alone knows: its own words stand beside this.
  payment_required: 'Das Konto ist nicht bezahlt.',
  purpose_refused:
    'Das Konto erlaubt diesem Server das nicht. Auf der Seite des Kontos lässt es sich erlauben.',
  broker_unreachable: 'odoo-backup.sh ist nicht zu erreichen. Prüfen Sie das Netz.',
  broker_busy: 'odoo-backup.sh bittet um eine Pause. Versuchen Sie es später noch einmal.',
  broker_misbehaved: 'odoo-backup.sh hat etwas Unverständliches geantwortet.',
  storage_refused: 'Der Speicher hat abgelehnt. Prüfen Sie Schlüssel, Rechte, Bucket und Region.',
  storage_full: 'Der Speicher ist voll.',
  storage_unreachable: 'Der Speicher ist nicht zu erreichen. Prüfen Sie Netz und Endpunkt.',
  storage_busy: 'Der Speicher bittet um eine Pause.',
  storage_misbehaved: 'Der Speicher hat etwas Unverständliches geantwortet.',
  upload_corrupt: 'Beim Hochladen wurden Daten verfälscht.',
  backup_unknown: 'Diese Sicherung gibt es nicht (mehr).',
  backup_changed: 'Die Sicherung hat sich inzwischen geändert.',
  backup_damaged: 'Diese Sicherung ist beschädigt.',
  backup_exists: 'Eine Sicherung dieses Namens gibt es schon.',
  backup_pinned: 'Diese Sicherung ist angeheftet. Lösen Sie sie zuerst.',
  postgres_unreachable: 'PostgreSQL antwortet nicht. Prüfen Sie, ob es läuft.',
  postgres_refused: 'PostgreSQL hat abgelehnt. Prüfen Sie die Rechte des Agenten.',
  postgres_failed: 'PostgreSQL konnte es nicht ausführen.',
  database_unknown: 'Diese Datenbank gibt es nicht.',
  database_exists: 'Eine Datenbank dieses Namens gibt es schon.',
  database_busy: 'Die Datenbank ist gerade anderweitig beschäftigt.',
  filestore_exists: 'Unter diesem Namen liegen schon Dateien.',
  filestore_missing: 'Die Dateien der Datenbank fehlen.',
  filestore_unreadable: 'Der Agent darf nicht an die Dateien der Datenbank. Prüfen Sie ihre Rechte.',
  dump_refused: 'Die Sicherung enthält, was dieser Agent in keine Datenbank lässt.',
  dump_failed: 'pg_dump ist fehlgeschlagen.',
  tool_missing: 'Ein Programm fehlt, das dazu gebraucht wird.',
  disk_full: 'Die Platte ist voll.',
  file_unreadable: 'Die Datei kann nicht gelesen werden.',
  file_unwritable: 'Die Datei kann nicht geschrieben werden.',
  wrong_master_password:
    'Das Hauptpasswort ist falsch. Gefragt ist Odoos admin_passwd, nach dem auch die Datenbankverwaltung fragt.',
  master_password_required: 'Eine Wiederherstellung fragt noch einmal nach dem Hauptpasswort.',
  database_manager_disabled:
    'Die Datenbankverwaltung ist ausgeschaltet (list_db in odoo.conf). Die Befehlszeile arbeitet weiter.',
  not_signed_in: 'Sie sind nicht (mehr) angemeldet. Melden Sie sich an.',
  not_permitted: 'Dazu fehlt Ihnen das Recht.',
  cross_site:
    'Die Anfrage kam von einer anderen Seite und wurde abgewiesen. Beginnen Sie auf der Seite selbst.',
  too_many_attempts: 'Zu viele falsche Passwörter. Warten Sie eine Weile.',
  wrong_login: 'Odoo kennt keinen solchen Benutzer mit diesem Passwort.',
  two_factor_unsupported: 'Dieser Benutzer meldet sich mit zwei Faktoren an; das geht hier nicht.',
  odoo_unreachable:
    'Odoo antwortet nicht, oder es meldet einen eigenen Fehler, den sein Protokoll nennt. Starten Sie Odoo; ist es unter einer anderen Adresse zu erreichen, setzen Sie odoo_backup_sh_odoo_url. Bis dahin können Sie sich mit dem Hauptpasswort anmelden.',
  encryption_password_required: 'Diese Sicherung ist verschlüsselt: Geben Sie ihr Passwort ein.',
  encryption_password_wrong:
    'Das Passwort der Verschlüsselung ist falsch. Geben Sie das ein, das galt, als diese Sicherung gemacht wurde.',
  encryption_unconfirmed:
    'Ohne ihr Passwort ist eine verschlüsselte Sicherung für immer verloren. Bewahren Sie es auch anderswo auf, und bestätigen Sie es.',
  notice_undeliverable: 'Die Probe wurde nicht angenommen.',
  configuration_invalid: 'Die Einstellungsdatei des Agenten hat Fehler.',
  configuration_missing: 'Die Einstellungsdatei des Agenten fehlt oder ist nicht zu lesen.',
  settings_changed:
    'Diese Einstellungen wurden inzwischen geändert, von jemand anderem oder in der Datei. Gespeichert wurde nichts.',
  configuration_unwritable: 'Die Einstellungsdatei des Agenten kann nicht geschrieben werden.',
  queue_database_missing: 'Die Datenbank der Warteschlange fehlt und kann nicht angelegt werden.',
  queue_unreachable: 'Die Warteschlange ist nicht zu erreichen.',
  job_unknown: 'Diesen Auftrag gibt es nicht.',
  job_finished: 'Der Auftrag ist schon zu Ende.',
  cancelled: 'Der Auftrag wurde abgebrochen.',
  invalid_request: 'So geht es nicht.',
  internal: 'Etwas ging schief, das dieses Programm nicht kennt. Sein Protokoll sagt mehr.',
}

/** What the agent's HTTP service says of any request. */
const OF_REQUESTS = {
  internal_error:
    'Etwas ging beim Agenten schief. Versuchen Sie es gleich noch einmal; bleibt es so, sagt sein Protokoll mehr.',
  not_found: 'Unter dieser Adresse gibt es nichts.',
  too_large: 'Die Anfrage ist größer, als der Agent annimmt.',
} as const

/** Codes whose English sentence holds no particulars: beside the German one it would say the same once more. */
const SAYS_ALL: ReadonlySet<string> = new Set<AgentErrorCode | keyof typeof OF_REQUESTS>([
  'login_required',
  'backup_pinned',
  'wrong_master_password',
  'master_password_required',
  'database_manager_disabled',
  'wrong_login',
  'odoo_unreachable',
  'cross_site',
  'encryption_unconfirmed',
  'not_signed_in',
  'job_unknown',
  'job_finished',
  'internal_error',
])

/** What a failure of the agent means in German; undefined for a code that is not known here. */
export function failureInGerman(code: string): string | undefined {
  return isKnown(code) ? CODES[code] : isOfRequests(code) ? OF_REQUESTS[code] : undefined
}

/** Whether the German sentence says all that the agent's own one does. */
export function germanSaysAll(code: string): boolean {
  return SAYS_ALL.has(code)
}

const isKnown = (code: string): code is AgentErrorCode => Object.hasOwn(CODES, code)
const isOfRequests = (code: string): code is keyof typeof OF_REQUESTS => Object.hasOwn(OF_REQUESTS, code)
