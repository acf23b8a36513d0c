import type { AgentErrorCode } from '@odoo-backup/protocol'
import type { Messages } from '../en/index.ts'

/** What stands below it is the agent's own sentence, with its particulars. */
const CODES: Readonly<Record<AgentErrorCode, string>> = {
  login_required:
    'Der Speicher verlangt eine Anmeldung. Sie ist Sache derer, die den ganzen Server verwalten.',
  access_denied: 'Der Zugang wurde auf der Seite der Zustimmung abgelehnt.',
  code_refused:
    'Der Code ist falsch, verbraucht oder zu alt. Melden Sie sich noch einmal an, um einen neuen zu bekommen.',
  access_revoked: 'Das Konto hat diesem Server den Zugang entzogen.',
  account_suspended: 'Das Konto ist gesperrt.',
  payment_required: 'Das Guthaben reicht nicht.',
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
  wrong_master_password: 'Das Hauptpasswort ist falsch.',
  master_password_required: 'Eine Wiederherstellung fragt noch einmal nach dem Hauptpasswort.',
  database_manager_disabled: 'Die Datenbankverwaltung ist ausgeschaltet (list_db in odoo.conf).',
  not_signed_in: 'Sie sind nicht angemeldet.',
  not_permitted: 'Dazu fehlt Ihnen das Recht.',
  cross_site:
    'Die Anfrage kam von einer anderen Seite und wurde abgewiesen. Beginnen Sie auf der Seite selbst.',
  too_many_attempts: 'Zu viele falsche Passwörter. Warten Sie eine Weile.',
  wrong_login: 'Odoo kennt keinen solchen Benutzer mit diesem Passwort.',
  two_factor_unsupported: 'Dieser Benutzer meldet sich mit zwei Faktoren an; das geht hier nicht.',
  odoo_unreachable: 'Odoo antwortet nicht.',
  encryption_password_required: 'Diese Sicherung ist verschlüsselt: Geben Sie ihr Passwort ein.',
  encryption_password_wrong: 'Das Passwort der Verschlüsselung ist falsch.',
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
const OF_REQUESTS: Readonly<Record<string, string>> = {
  internal_error:
    'Etwas ging beim Agenten schief. Versuchen Sie es gleich noch einmal; bleibt es so, sagt sein Protokoll mehr.',
  not_found: 'Unter dieser Adresse gibt es nichts.',
  too_large: 'Die Anfrage ist größer, als der Agent annimmt.',
}

const isKnown = (code: string): code is AgentErrorCode => Object.hasOwn(CODES, code)
const sayOfRequest = (code: string) => (Object.hasOwn(OF_REQUESTS, code) ? (OF_REQUESTS[code] ?? '') : '')

export const app: Messages['app'] = {
  title: 'Odoo-Sicherungen',
  skip: 'Zum Inhalt springen',
  menu: 'Seiten',
  openMenu: 'Menü',
  dashboard: 'Übersicht',
  backups: 'Sicherungen',
  restore: 'Wiederherstellen',
  jobs: 'Aufträge',
  settings: 'Einstellungen',
  signOut: 'Abmelden',
  light: 'Helle Farben',
  dark: 'Dunkle Farben',
  otherLanguage: 'Sprache',
  loading: 'Lädt …',
  retry: 'Noch einmal versuchen',
  cancel: 'Abbrechen',
  close: 'Schließen',
  back: 'Zurück',
  next: 'Weiter',
  save: 'Speichern',
  saved: 'Gespeichert.',
  atMost: 'höchstens',
  copy: 'Kopieren',
  copied: 'Kopiert.',
  none: 'keine',
  notFound: 'Diese Seite gibt es nicht.',
  toOverview: 'Zur Übersicht',
}

export const failures: Messages['failures'] = {
  offline: 'Der Agent antwortet nicht. Vielleicht startet er gerade neu; prüfen Sie, ob sein Dienst läuft.',
  unknown: 'Etwas ging schief, das der Agent nicht erklärt hat. Sein Protokoll sagt mehr.',
  sessionOver:
    'Sie wurden nach einer halben Stunde ohne Eingabe abgemeldet. Was Sie eingegeben haben, steht noch da.',
  signedOut:
    'Das ist nicht geschehen, weil Sie inzwischen abgemeldet wurden. Melden Sie sich an und versuchen Sie es noch einmal.',
  nothingKept:
    'Dieser Browser merkt sich für diese Seite nichts; so könnte sie Ihre Anmeldung nicht von einer fremden unterscheiden. Erlauben Sie ihm, Daten dieser Seite zu speichern, oder rufen Sie auf dem Server odoo-backup login auf.',
  login: 'Anmelden',
  recharge: 'Guthaben kaufen',
  ofCode: code => (isKnown(code) ? CODES[code] : sayOfRequest(code)),
  technical: 'Einzelheiten zeigen',
  inForm: 'Etwas im Formular kann so nicht stehen; es ist dort markiert.',
}
