import { expect, test } from '@jest/globals'
import { partsByCommands } from './commands.ts'
import { de } from './de/index.ts'
import { en } from './en/index.ts'

const commandsIn = (text: string) => partsByCommands(text).filter((_, index) => index % 2 === 1)

test('a command is found in a sentence, with what is to be put in, and without what follows it', () => {
  expect(partsByCommands('Check the agent with: odoo-backup doctor')).toEqual([
    'Check the agent with: ',
    'odoo-backup doctor',
    '',
  ])
  expect(commandsIn(de.failures.nothingKept)).toEqual(['odoo-backup login'])
  expect(commandsIn(en.notices.former_backups_stay({ code: 'former_backups_stay' }))).toEqual([
    'odoo-backup adopt DATABASE',
  ])
  expect(commandsIn(de.notices.former_backups_stay({ code: 'former_backups_stay' }))).toEqual([
    'odoo-backup adopt DATENBANK',
  ])
})

test('so is a cron expression, without what ends the sentence', () => {
  for (const { fieldFaults } of [en, de]) expect(commandsIn(fieldFaults.schedule)).toEqual(['30 3 * * *'])
})

test('the name of the cloud is no command, and a text without any stays whole', () => {
  expect(partsByCommands('Log in to odoo-backup.sh.')).toEqual(['Log in to odoo-backup.sh.'])
  expect(partsByCommands('')).toEqual([''])
})
