import { expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import type { Command } from 'commander'
import { commandLine } from '../../../../test/fixtures/agent-command-line.ts'
import { createAccess } from '../http/access/access.ts'
import { apiRoutes } from '../http/api/index.ts'
import { recentListing } from '../http/api/recent-listing.ts'
import { createUploads } from '../http/api/uploads.ts'
import { createProgram } from './program.ts'

// Whatever the API does, a command does, and the other way round; an exception says why.

/** By operation of the API, the command with the option that does it. */
const COMMANDS: Readonly<Record<string, string>> = {
  'get /connection': 'login',
  'post /connection': 'login --code',
  'get /connection/recharge-link': 'account --recharge',
  'get /account': 'account',
  'get /databases': 'databases',
  'get /databases/settings': 'settings show',
  'patch /databases/:database/settings': 'settings set --database',
  'get /databases/:database/rotation': 'rotate --dry-run',
  'post /databases/:database/rotation/preview': 'rotate --limits',
  'post /databases/:database/rotation': 'rotate',
  'post /databases/:database/adoption': 'adopt',
  'get /backups': 'list',
  'post /backups': 'backup',
  'get /backups/:name': 'show',
  'delete /backups/:name': 'delete',
  'put /backups/:name/pin': 'pin',
  'delete /backups/:name/pin': 'unpin',
  'post /backups/:name/verification': 'verify',
  'get /backups/:name/content': 'download',
  'post /restores/plan': 'restore --check',
  'post /restores': 'restore',
  'post /uploads': 'restore --file',
  'get /jobs': 'jobs',
  'get /jobs/:id': 'jobs',
  'get /jobs/:id/events': 'jobs',
  'get /jobs/:id/log': 'jobs --log',
  'delete /jobs/:id': 'cancel',
  'post /jobs/:id/try-again': 'retry',
  'get /overview': 'status',
  'get /usage': 'usage',
  'get /notices': 'notices',
  'post /notices/test': 'notices --test',
  'get /doctor': 'doctor',
  'get /settings': 'settings show',
  'patch /settings': 'settings set',
  'get /tokens': 'token list',
  'post /tokens': 'token add',
  'delete /tokens/:name': 'token remove',
}

/** Operations that no command does, and why. */
const FOR_PAGES: Readonly<Record<string, string>> = {
  'post /session': 'whoever may read the configuration file needs no session',
  'get /session': 'the same',
  'delete /session': 'the same',
  'delete /uploads/:id': 'a file of this machine is restored where it lies',
  'post /connection/trial': 'doctor tries the storage as soon as it is saved',
  'post /schedules/preview': 'settings show tells the next run as soon as it is saved',
  'get /jobs/events': 'jobs shows all at a moment, and follows one',
  'get /calendar': 'a picture: list --from --to tells the same',
}

/** Commands that no operation of the API is for, and why. */
const FOR_SHELLS: Readonly<Record<string, string>> = {
  completion: 'it is about the shell',
  names: 'what completion asks for',
}

function program(): Command {
  return createProgram(commandLine().prepare().world, 'test', { json: false })
}

function operations(): string[] {
  const { agent, board } = commandLine()
  const settings = () => ({ listDb: true, proxyMode: false, odooUrl: 'http://127.0.0.1:8069' })
  const clock = () => 0
  const routes = apiRoutes({
    ...{ agent, settings, clock, notices: board },
    access: createAccess({ operations: agent, tokens: () => agent.tokens(), settings, clock }),
    uploads: createUploads('/nonexistent'),
    recent: recentListing(agent, clock),
    log: createLogger({ name: 'agent', level: 'silent' }),
    ending: new AbortController().signal,
  })
  return routes.map(({ method, path }) => `${method} ${path}`)
}

/** Names of the commands that do something, with those of their parents. */
function leaves(command: Command, parents: readonly string[] = []): string[] {
  return command.commands.flatMap(inner => {
    const names = [...parents, inner.name()]
    return inner.commands.length === 0 ? [names.join(' ')] : leaves(inner, names)
  })
}

test('every operation of the API has a command, or a reason why not', () => {
  expect(operations().sort()).toEqual([...Object.keys(COMMANDS), ...Object.keys(FOR_PAGES)].sort())
})

test('every command is one of the API, or has a reason why not', () => {
  const named = new Set(Object.values(COMMANDS).map(text => text.replace(/ --.*/, '')))
  expect(leaves(program()).sort()).toEqual([...named, ...Object.keys(FOR_SHELLS)].sort())
})

test.each(Object.values(COMMANDS).filter(text => text.includes('--')))('there is %s', text => {
  const words = text.split(' ')
  const option = words.pop()
  const command = words.reduce<Command | undefined>(
    (found, name) => found?.commands.find(inner => inner.name() === name),
    program(),
  )
  expect(command?.options.map(({ long }) => long)).toContain(option)
})
