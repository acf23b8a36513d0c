export const signIn = {
  title: 'Sign in',
  again: 'Sign in again to go on',
  intro: 'Use the master password of your Odoo server (admin_passwd in odoo.conf).',
  masterPassword: 'Master password',
  action: 'Sign in',
  withOdoo: 'Or use an Odoo log-in',
  odooIntro: 'It opens one database only; users without two-factor authentication alone can use it here.',
  database: 'Database',
  user: 'E-mail or user name',
  password: 'Password',
  toManager: 'To Odoo’s database manager',
  toPlainPage: 'The backups as a plain page, without JavaScript',
} as const
