import type { Messages } from '../en/index.ts'

export const setup: Messages['setup'] = {
  title: 'Sicherungen einrichten',
  steps: {
    storage: 'Wohin',
    databases: 'Datenbanken',
    plan: 'Wann und wie lange',
    first: 'Erste Sicherung',
  },
  storageIntro: 'Wählen Sie, wo Sicherungen liegen. Antwortet der Speicher, geht es weiter.',
  connect: 'Speichern und verbinden',
  noDatabases: 'Es wurde keine Odoo-Datenbank gefunden. Prüfen Sie den Agenten mit: odoo-backup doctor',
  nightly: 'Jede Nacht eine Sicherung',
  passwordAgain: 'Das Passwort noch einmal',
  passwordsDiffer: 'Die beiden Passwörter sind verschieden.',
  ready: 'Alles ist eingestellt. Machen Sie jetzt die erste Sicherung und sehen Sie zu.',
}
