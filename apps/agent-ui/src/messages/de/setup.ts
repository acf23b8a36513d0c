import type { Messages } from '../en/index.ts'

export const setup: Messages['setup'] = {
  title: 'Sicherungen einrichten',
  steps: {
    storage: 'Wohin',
    databases: 'Datenbanken',
    plan: 'Wann und wie lange',
    first: 'Erste Sicherung',
  },
  storageIntro:
    'Wählen Sie, wo Sicherungen liegen. Was Sie eingeben, wird geprüft, bevor es gespeichert wird.',
  stepOf: (step, steps, name) => `Schritt ${step} von ${steps}: ${name}`,
  databasesIntro: 'Diese Datenbanken sind auf dem Server. Welche davon sollen gesichert werden?',
  connect: {
    broker: 'Speichern und verbinden',
    own: 'Prüfen und weiter',
    directory: 'Prüfen und weiter',
  },
  noDatabases: 'Es wurde keine Odoo-Datenbank gefunden. Prüfen Sie den Agenten mit: odoo-backup doctor',
  nightly: 'Jede Nacht eine Sicherung',
  planned: 'hat einen Zeitplan, der bleibt',
  leftOut:
    'Was ausgenommen ist, wird nicht gesichert, und Sie werden nicht davor gewarnt. In den Einstellungen lässt sich das ändern.',
  allPlanned:
    'Alle gewählten Datenbanken haben einen Zeitplan, der bleibt. In den Einstellungen lässt er sich ändern.',
  planFor: names => `Für die ohne Zeitplan: ${names}`,
  retentionHelp:
    'Für so viele Tage, Wochen und Monate bleibt jeweils die letzte Sicherung. Ältere werden von selbst gelöscht, die drei neuesten nie.',
  weeklyDrill: 'Einmal in der Woche die neueste Sicherung zur Probe wiederherstellen',
  savePlan: 'Speichern und weiter',
  ready:
    'Alles ist eingestellt. Machen Sie jetzt die erste Sicherung und sehen Sie zu. Danach wird sie zur Probe wiederhergestellt, in einer verborgenen Datenbank, die wieder verschwindet.',
  running:
    'Es wird gesichert und dann zur Probe wiederhergestellt. Sie können diese Seite verlassen; die Aufträge laufen weiter.',
  verified: count =>
    count === 1
      ? 'Ihre erste Sicherung ist gemacht und geprüft.'
      : `Ihre ersten ${count} Sicherungen sind gemacht und geprüft.`,
  tellWhom: 'Sagen Sie als Nächstes, wer es erfährt, wenn eine Sicherung scheitert.',
  tookInAll: span => `Es hat ${span} gedauert. Von jetzt an geschieht es von selbst.`,
  firstFailed: 'Eine erste Sicherung oder ihre Probe-Wiederherstellung ist misslungen.',
  firstFailedHelp: 'Lesen Sie unten den Grund, beheben Sie ihn, und versuchen Sie es noch einmal.',
}
