import { formatCount } from '../../format.ts'
import type { Messages } from '../en/index.ts'

export const dashboard: Messages['dashboard'] = {
  slow: 'Der Speicher der Sicherungen hat noch nicht geantwortet. Er wird eine Weile lang versucht; dann sagt diese Seite, was ohne ihn bekannt ist. Antwortet er nie, sehen Sie in den Einstellungen nach: Endpunkt, Region und Bucket, und ob eine Firewall diesen Server hinauslässt.',
  verdicts: {
    safe: 'Sie sind auf der sicheren Seite.',
    attention: 'Etwas braucht Ihre Aufmerksamkeit.',
    unsafe: 'Sie sind nicht auf der sicheren Seite.',
    nothing: 'Noch ist nichts gesichert.',
    all_gone: 'Auf diesem Server gibt es keine Datenbank mehr.',
  },
  safeDetail: (count, oldest) =>
    count === 1
      ? `Die eine Datenbank hat die Sicherung, die ihr Zeitplan verlangt${oldest === undefined ? '' : `; sie entstand ${oldest}`}.`
      : `Alle ${count} Datenbanken haben die Sicherung, die ihr Zeitplan verlangt${oldest === undefined ? '' : `; die älteste entstand ${oldest}`}.`,
  verifiedOf: (verified, all) =>
    verified === 0
      ? `${all === 1 ? 'Sie wurde noch nicht' : 'Noch keine wurde'} durch eine Probe-Wiederherstellung geprüft.`
      : verified === all
        ? `${all === 1 ? 'Sie' : 'Jede'} hat eine Probe-Wiederherstellung bestanden.`
        : `${verified} von ${all} haben eine Probe-Wiederherstellung bestanden.`,
  looking: 'Die Sicherungen werden gelistet …',
  lookingDetail: 'Bei vielen dauert das ein paar Sekunden.',
  checking: 'Wird geprüft …',
  askingAccount: 'Das Konto wird noch gefragt …',
  outOfDate: {
    away: 'Der Agent antwortet nicht: Das hier ist vielleicht veraltet.',
    failing: 'Der Agent antwortet nicht, wie er soll: Das hier ist vielleicht veraltet.',
  },
  awayDetail: 'Vielleicht startet er gerade neu; prüfen Sie, ob sein Dienst läuft.',
  hindrances: {
    grace: 'Eine Zahlung ist fällig: Ohne sie nimmt das Konto bald keine neuen Sicherungen mehr an.',
    restore_only: 'Das Konto nimmt keine neuen Sicherungen an: Eine Zahlung ist fällig.',
    lapsed:
      'Das Konto nimmt keine neuen Sicherungen an und lässt keine wiederherstellen: Eine Zahlung ist fällig.',
    suspended:
      'Der Betreiber von odoo-backup.sh hat das Konto gesperrt: Nichts wird gesichert oder wiederhergestellt. Schreiben Sie ihm.',
  },
  asOf: moment => `Stand ${moment}`,
  elsewhereDetail:
    'Es gibt keinen Zeitplan. Sicherungen können auch in einem eigenen Bucket oder einem Ordner liegen, ohne odoo-backup.sh.',
  nothingDetail: 'Richten Sie die erste Sicherung ein: Das dauert etwa zwei Minuten.',
  allGoneDetail: backups =>
    `${backups === 1 ? 'Eine Sicherung liegt im Speicher und kann' : `${formatCount(backups, 'de')} Sicherungen liegen im Speicher und können`} wiederhergestellt werden. Prüfen Sie zuerst, ob PostgreSQL und odoo.conf die richtigen sind.`,
  allLeftOut: 'Alle Datenbanken sind von der Sicherung ausgenommen.',
  unknown: {
    postgres: 'PostgreSQL antwortet nicht, daher sind die Datenbanken dieses Servers nicht bekannt.',
    queue:
      'Die Warteschlange der Aufträge antwortet nicht, daher ist nicht bekannt, was läuft und was misslang.',
    storage: 'Nicht jeder Ort für Sicherungen antwortet; was dort liegt, ist nicht bekannt:',
  },
  worries: {
    never: 'Gar keine Sicherung',
    damaged: 'Die letzte Probe-Wiederherstellung misslang',
    overdue: 'Überfällig',
    stale: 'Kein Zeitplan, und die neueste Sicherung ist alt',
    gone: 'Geplant, aber nicht mehr auf diesem Server',
    hung: 'Eine Sicherung läuft seit mehr als einem Tag',
    failed: 'Die letzte Sicherung misslang; ältere erfüllen den Zeitplan noch',
    unseen: 'Der Ort, an den die Sicherungen gehen, antwortet nicht',
    unscheduled: 'Nichts ist geplant, es kommt also keine nächste Sicherung',
    awaited: 'Die erste Sicherung kommt noch',
  },
  restoreOne: 'Sicherung wiederherstellen',
  setUp: 'Sicherungen einrichten',
  never: 'noch keine Sicherung',
  lastBackup: 'Letzte Sicherung',
  lastVerified: 'Zuletzt geprüft',
  notVerified: 'noch nicht',
  nextRun: 'Nächster Lauf',
  noSchedule: 'kein Zeitplan',
  count: count => (count === 1 ? '1 Sicherung' : `${formatCount(count, 'de')} Sicherungen`),
  backUpNow: 'Jetzt sichern',
  set: 'Einstellungen',
  databases: 'Datenbanken',
  filter: 'Datenbank suchen',
  storage: 'Gespeichert in den letzten 30 Tagen',
  sizes: 'Größen in 7 Tagen',
  notices: 'Hinweise',
  showAllNotices: count => `Alle ${count} Hinweise zeigen`,
  account: 'Konto',
  recharge: 'Guthaben kaufen',
  noRecharge: 'Hier gibt es kein Konto mit Guthaben.',
  accountName: 'Verbunden als',
  standing: 'Stand',
  standings: {
    trial: 'Probezeit: noch wird nichts berechnet',
    paid: 'bezahlt: alles funktioniert',
    grace: 'eine Zahlung ist fällig; noch funktioniert alles',
    restore_only: 'eine Zahlung ist fällig: Wiederherstellen geht, neue Sicherungen nicht',
    lapsed: 'eine Zahlung ist fällig: Sicherungen bleiben, doch bis zur Zahlung geht nichts',
    suspended: 'vom Betreiber gesperrt',
    not_billed: 'noch nicht benutzt: Der erste Monat beginnt, sobald ein Server verbunden wird',
  },
  currency: label => (label === 'credits' ? 'Credits' : label),
  balance: 'Guthaben',
  owed: 'Fällig',
  paidUntil: 'Bezahlt bis',
  putAway: 'Ausblenden',
  notHere: 'Nicht mehr auf diesem Server; ihre Sicherungen bleiben.',
  leftOut: 'Von der Sicherung ausgenommen.',
  leaveOut: 'Ausnehmen',
  leaveOutHelp: 'Niemand erwartet mehr Sicherungen von ihr. In den Einstellungen kommt sie zurück.',
  storedHere: 'Gespeichert',
  watch: 'Sicherung ansehen',
  showAll: count => `Alle ${count} Datenbanken zeigen`,
  storageHelp: 'Nach den Sicherungen, die es noch gibt',
  figures: { backups: 'Sicherungen', stored: 'Gespeichert', running: 'Läuft gerade' },
  storedAt: (place: string, backups: number, size: string) =>
    `${place}: ${backups === 1 ? '1 Sicherung' : `${formatCount(backups, 'de')} Sicherungen`}, ${size}`,
}
