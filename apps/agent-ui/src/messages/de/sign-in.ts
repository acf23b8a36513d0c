import type { Messages } from '../en/index.ts'

export const signIn: Messages['signIn'] = {
  title: 'Anmelden',
  again: 'Wieder anmelden, um weiterzumachen',
  intro: 'Mit dem Hauptpasswort Ihres Odoo-Servers (admin_passwd in odoo.conf).',
  masterPassword: 'Hauptpasswort',
  action: 'Anmelden',
  withOdoo: 'Oder mit einem Odoo-Benutzer',
  odooIntro:
    'Das öffnet nur eine Datenbank; nur Benutzer ohne Zwei-Faktor-Anmeldung können es hier verwenden.',
  database: 'Datenbank',
  user: 'E-Mail oder Benutzername',
  password: 'Passwort',
  toManager: 'Zu Odoos Datenbankverwaltung',
  toPlainPage: 'Die Sicherungen als einfache Seite, ohne JavaScript',
}
