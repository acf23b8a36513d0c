import type { Messages } from '../en/index.ts'

export const dashboard: Messages['dashboard'] = {
  safe: 'Sie sind auf der sicheren Seite.',
  safeDetail: count =>
    count === 1
      ? 'Die eine Datenbank hat eine frische, vollständige Sicherung.'
      : `Alle ${count} Datenbanken haben eine frische, vollständige Sicherung.`,
  attention: 'Etwas braucht Ihre Aufmerksamkeit.',
  missing: names => `Noch keine Sicherung: ${names}`,
  overdue: names => `Überfällig: ${names}`,
  failed: names => `Die letzte Sicherung oder ihre Prüfung misslang: ${names}`,
  unsafe: 'Sie sind nicht auf der sicheren Seite.',
  nothing: 'Noch ist nichts gesichert.',
  nothingDetail: 'Richten Sie die erste Sicherung ein: Das dauert etwa zwei Minuten.',
  setUp: 'Sicherungen einrichten',
  never: 'Noch keine Sicherung',
  lastBackup: 'Letzte Sicherung',
  lastVerified: 'Zuletzt geprüft',
  notVerified: 'noch nicht',
  nextRun: 'Nächster Lauf',
  noSchedule: 'kein Zeitplan',
  count: count => (count === 1 ? '1 Sicherung gespeichert' : `${count} Sicherungen gespeichert`),
  backUpNow: 'Jetzt sichern',
  set: 'Einstellungen',
  started: 'Die Sicherung hat begonnen.',
  databases: 'Datenbanken',
  filter: 'Datenbank suchen',
  storage: 'Gespeichert in den letzten 30 Tagen',
  sizes: 'Größe der Sicherungen der letzten 7 Tage',
  notices: 'Hinweise',
  noNotices: 'Nichts zu melden.',
  account: 'Konto',
  recharge: 'Guthaben',
}
