import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notice } from '@odoo-backup/protocol'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { ConfigurationStore } from '../../apps/agent/src/config/store.ts'
import { settingsOperations } from '../../apps/agent/src/operations/settings.ts'
import { type AgentHttpFixture, agentHttp } from '../fixtures/agent-http.ts'
import type { AgentInMemory } from '../fixtures/agent-in-memory.ts'
import { openChromium } from './chromium.ts'
import { PATIENCE_MS } from './eventually.ts'

const root = join(import.meta.dirname, '../..')

/** The built web interface in Chromium, before an agent in memory: for what pages ask, say and remember. */
export interface Interface {
  readonly fixture: AgentHttpFixture
  /** Where settings go. */
  readonly store: ConfigurationStore
  readonly url: string
  /** A page in a profile of its own. */
  open(options?: BrowserContextOptions): Promise<Page>
  /** The same, signed in with the master password. */
  openInside(options?: BrowserContextOptions): Promise<Page>
  /** What scripts reported as errors, on any page. */
  readonly faults: readonly string[]
  close(): Promise<void>
}

export async function startInterface({
  notices = [],
  below = '',
  agent: given,
}: {
  notices?: readonly Notice[]
  /** A path that a proxy before the agent takes off; what is elsewhere is not there. */
  below?: string
  /** With settings of its own, which are then not kept in a file. */
  agent?: AgentInMemory
} = {}): Promise<Interface> {
  const folder = mkdtempSync(join(tmpdir(), 'odoo-backup-interface-'))
  const webInterfaceFolder = join(folder, 'built')
  const vite = ['node_modules/vite/bin/vite.js', 'build', 'apps/agent-ui', '--outDir', webInterfaceFolder]
  execFileSync(process.execPath, [...vite, '--logLevel', 'error'], { cwd: root })
  const fixture = agentHttp({
    webInterfaceFolder,
    uploadFolder: join(folder, 'uploads'),
    notices,
    ...(given && { agent: given }),
  })
  const store = await ConfigurationStore.open({
    path: join(folder, 'agent.conf'),
    environment: {},
    readOdooConf: async () => ({ path: undefined, options: new Map() }),
  })
  // What is set is kept in a real file, as what several tabs write matters.
  const { agent } = fixture
  if (given === undefined)
    Object.assign(
      agent,
      settingsOperations({
        store,
        databaseNames: async () => agent.known.map(({ name }) => name),
        now: () => new Date(fixture.now),
      }),
    )
  const server = createServer((request, response) => {
    const { url: path = '' } = request
    if (!path.startsWith(`${below}/`)) return response.writeHead(404).end()
    request.url = path.slice(below.length)
    return fixture.app(request, response)
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${below}/odoo_backup_sh/`
  const browser: Browser = await openChromium()
  const faults: string[] = []

  const open = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', error => faults.push(String(error)))
    await page.goto(url)
    return page
  }
  return {
    fixture,
    store,
    url,
    faults,
    open,
    openInside: async options => {
      const page = await open(options)
      await signInAs(page, fixture.agent.masterPassword)
      await page.getByRole('link', { name: /Overview|Übersicht/ }).waitFor()
      return page
    },
    close: async () => {
      await browser.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Fills in the door that is seen, by the keyboard. */
export async function signInAs(page: Page, masterPassword: string): Promise<void> {
  const field = page.getByLabel(/^(Master password|Hauptpasswort)$/)
  await field.fill(masterPassword)
  await field.press('Enter')
}
