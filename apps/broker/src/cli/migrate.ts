import { readSettings } from '@odoo-backup/service'
import { Command } from 'commander'
import { migrateRegistry } from '../registry/migrate.ts'
import { printText } from './print-answer.ts'
import { RegistrySettings } from './registry-session.ts'

/** `migrate`: brings the registry's database to the newest schema. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description("bring the registry's database to the newest schema")
    .action(async () => {
      const { BROKER_DATABASE_URL } = readSettings(RegistrySettings, process.env)
      const applied = await migrateRegistry(BROKER_DATABASE_URL)
      for (const name of applied) printText(`Applied ${name}`)
      printText(applied.length === 0 ? 'The registry is up to date.' : 'The registry is up to date now.')
    })
}
