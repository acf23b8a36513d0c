import type { Messages } from '../en/index.ts'

export const notThere: Messages['notThere'] = {
  page: {
    title: 'Diese Seite gibt es nicht.',
    advice: 'Prüfen Sie die Adresse, oder beginnen Sie auf der Übersicht.',
    back: 'Zur Übersicht',
  },
  backup: {
    title: 'Diese Sicherung gibt es nicht (mehr).',
    advice:
      'Vielleicht wurde sie gelöscht, oder ihr Name stimmt nicht: Sehen Sie in der Liste nach, was gespeichert ist.',
    back: 'Zu den Sicherungen',
  },
  job: {
    title: 'Diesen Auftrag gibt es nicht (mehr).',
    advice:
      'Alte Aufträge werden nach einer Weile vergessen: Sehen Sie in der Liste derer nach, die bekannt sind.',
    back: 'Zu den Aufträgen',
  },
  database: {
    title: 'Diese Datenbank gibt es nicht.',
    advice: 'Auch eingestellt ist für diesen Namen nichts: Wählen Sie eine aus der Liste.',
    back: 'Zu den Einstellungen',
  },
}
