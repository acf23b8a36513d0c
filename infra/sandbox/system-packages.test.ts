import { expect, test } from '@jest/globals'
import { ensureSystemPackages, type Machine } from './system-packages.ts'

/** Notes what would be run; the packages are there once apt-get has installed them. */
function machine(options: Partial<Machine> & { needs?: string[]; fails?: string } = {}) {
  const ran: string[] = []
  const inputs: Record<string, string | undefined> = {}
  let missing = options.needs ?? ['postgresql', 'redis-server']
  const noted: Machine = {
    missing: () => missing,
    hasApt: true,
    asRoot: [],
    read: () => undefined,
    run: (command, input) => {
      const line = command.join(' ')
      ran.push(line)
      if (command.includes('tee')) inputs[line] = `${inputs[line] ?? ''}${input}|`
      if (options.fails !== undefined && line.includes(options.fails)) return 100
      if (line.includes('install') && line.includes('redis-server')) missing = []
      return 0
    },
    ...options,
  }
  return { noted, ran, inputs }
}
const apt = 'env DEBIAN_FRONTEND=noninteractive apt-get'

test('nothing is run where nothing is missing', () => {
  const { noted, ran } = machine({ needs: [] })
  ensureSystemPackages(['sandbox'], () => undefined, noted)
  expect(ran).toEqual([])
})

test.each([
  ['a system without apt', { hasApt: false }],
  ['a user who cannot become root without a password', { asRoot: undefined }],
])('on %s the one line to run is said, and nothing is run', (_where, options) => {
  const { noted, ran } = machine(options)
  const ensure = () => ensureSystemPackages(['sandbox'], () => undefined, noted)
  expect(ensure).toThrow('sudo apt-get install --no-install-recommends -y postgresql redis-server')
  expect(ran).toEqual([])
})

test('on Ubuntu, whose chromium is a snap, nothing is tried, and the line that works there is said', () => {
  const read = (file: string) => (file === '/etc/os-release' ? 'NAME="Ubuntu"\nID=ubuntu\n' : undefined)
  const { noted, ran } = machine({ needs: ['chromium'], read })
  const ensure = () => ensureSystemPackages(['browser'], () => undefined, noted)
  expect(ensure).toThrow('npx playwright-core install --with-deps chromium')
  expect(ran).toEqual([])
})

test('as root all is installed at once, without services started or a cluster made, and the machine is left as it was', () => {
  const { noted, ran, inputs } = machine()
  ensureSystemPackages(['sandbox'], () => undefined, noted)
  const clusters = 'tee /etc/postgresql-common/createcluster.conf'
  expect(ran).toEqual([
    `${apt} update`,
    'tee /usr/sbin/policy-rc.d',
    'chmod 755 /usr/sbin/policy-rc.d',
    `${apt} install --no-install-recommends -y postgresql-common`,
    clusters,
    `${apt} install --no-install-recommends -y postgresql redis-server`,
    clusters,
    'rm /usr/sbin/policy-rc.d',
  ])
  expect(inputs[clusters]).toBe('\ncreate_main_cluster = false\n||')
})

test('a policy that is there stays; sudo is put before each command', () => {
  const { noted, ran } = machine({ asRoot: ['sudo', '-n'], read: () => 'there', needs: ['redis-server'] })
  ensureSystemPackages(['sandbox'], () => undefined, noted)
  expect(ran).toEqual([
    `sudo -n ${apt} update`,
    `sudo -n ${apt} install --no-install-recommends -y redis-server`,
  ])
})

test('a failing apt-get ends in the line to run, with the policy taken away again', () => {
  const { noted, ran } = machine({ fails: 'postgresql-common' })
  expect(() => ensureSystemPackages(['sandbox'], () => undefined, noted)).toThrow(/failed\. Run this/)
  expect(ran.at(-1)).toBe('rm /usr/sbin/policy-rc.d')
})
