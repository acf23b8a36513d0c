import type { ConfigurationEffect, RemotePlace } from '@odoo-backup/protocol'
import { formatCount, formatMoment } from '../../format.ts'
import type { Messages } from '../en/index.ts'
import { jobs } from './jobs.ts'
import { warnings } from './warnings.ts'

const moment = (iso: string) => formatMoment(iso, 'de')

const CHECK = 'Prüfen Sie, ob die Datenbank und ihre Dateien sind, was sie sein sollen.'

const EFFECTS: Readonly<Record<ConfigurationEffect, string>> = {
  nothing_done:
    'Die Einstellungsdatei des Agenten fehlt oder ist nicht zu lesen. Bis das behoben ist, wird nichts gesichert, wiederhergestellt oder ausgemustert.',
  former_stays:
    'Die Einstellungsdatei des Agenten hat Fehler. Es gelten weiter die Einstellungen vor der letzten Änderung.',
  database_left_out:
    'Die Einstellungen dieser Datenbank haben Fehler: Sie wird nicht gesichert, bis sie behoben sind.',
  database_former_stays:
    'Die Einstellungen dieser Datenbank haben Fehler. Bis der Dienst endet, gelten die vor der letzten Änderung.',
}

function nameOf(place: RemotePlace): string {
  switch (place.kind) {
    case 'broker':
      return 'odoo-backup.sh'
    case 'broker_storage':
      return 'dem Speicher von odoo-backup.sh'
    case 'bucket':
      return `dem Bucket ${place.name}`
    case 'folder':
      return `dem Ordner ${place.path}`
  }
}

export const notices: Messages['notices'] = {
  backup_failed: () => 'Die letzte Sicherung ist fehlgeschlagen.',
  backup_overdue: ({ lastAt }) =>
    `Eine geplante Sicherung fehlt: ${lastAt === undefined ? 'Es gibt noch gar keine' : `Die letzte ist vom ${moment(lastAt)}`}. Sehen Sie bei den Aufträgen nach.`,
  backup_shrank: ({ percent }) =>
    `Die letzte Sicherung ist ${percent}\u00a0% kleiner als die davor. ${CHECK}`,
  backup_grew: ({ percent }) => `Die letzte Sicherung ist ${percent}\u00a0% größer als die davor. ${CHECK}`,
  files_missing: ({ files }) =>
    files === 1
      ? 'Bei der letzten Sicherung fehlte 1 Datei, die in der Datenbank steht.'
      : `Bei der letzten Sicherung fehlten ${formatCount(files, 'de')} Dateien, die in der Datenbank stehen.`,
  not_verified: () =>
    'Die geplante Probe-Wiederherstellung fand nicht statt: Keine Sicherung wurde geprüft, als es fällig war.',
  verification_failed: ({ at }) =>
    `In der Probe-Wiederherstellung vom ${moment(at)} ließ sich eine Sicherung nicht wiederherstellen. Machen Sie eine neue, und prüfen Sie sie.`,
  rotation_refused: warnings.ofText,
  former_backups_stay: warnings.ofText,
  configuration_faulty: ({ effect }) => EFFECTS[effect],
  runs_long: ({ jobKind, since }) =>
    `${jobs.kinds[jobKind]} läuft seit ${moment(since)}, viel länger als sonst. Sehen Sie bei den Aufträgen nach, wie weit es ist, und brechen Sie ab, wenn nichts mehr geschieht.`,
  not_connected: () =>
    'Dieser Server ist mit keinem Speicher verbunden: Es kann nicht gesichert werden. Verbinden Sie ihn in den Einstellungen.',
  storage_disconnected: () =>
    'Der Speicher lässt diesen Server nicht mehr ein: Es kann nicht gesichert werden.',
  storage_refused: ({ place }) => `Mit ${nameOf(place)} ist nichts anzufangen.`,
  storage_silent: ({ place, since }) =>
    `Von ${nameOf(place)} ist seit ${moment(since)} nichts zu hören: Dort kann nichts gesichert, aufgelistet oder wiederhergestellt werden.`,
  credit_lacking: () => 'Das Konto ist nicht bezahlt.',
  credit_running_out: () => 'Das Guthaben des Kontos geht zu Ende.',
  instance_bound: () => 'Ein Server wurde neu mit dem Konto verbunden.',
  account_message: () => 'Eine Mitteilung an das Konto:',
  postgres_down: () => 'PostgreSQL antwortet nicht; so kann nichts gesichert oder wiederhergestellt werden.',
  queue_down: () => 'Die Warteschlange antwortet nicht; so läuft kein Auftrag.',
  mail_undelivered: ({ since }) =>
    `Hinweise ließen sich seit ${moment(since)} nicht per E-Mail zustellen. Prüfen Sie Mailserver und Empfänger in den Einstellungen der Hinweise, und senden Sie dort einen Test.`,
  webhook_undelivered: ({ since }) =>
    `Hinweise ließen sich seit ${moment(since)} nicht an den Webhook zustellen. Prüfen Sie seine Adresse in den Einstellungen der Hinweise, und senden Sie dort einen Test.`,
  ping_undelivered: ({ since }) =>
    `Die Ping-Adresse dieser Datenbank war seit ${moment(since)} nicht zu erreichen: Wer dort wacht, erfährt nicht, dass gesichert wird. Prüfen Sie die Adresse in den Einstellungen der Datenbank.`,
}
