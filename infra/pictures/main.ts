import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openChromium } from '../../test/end-to-end/chromium.ts'
import { ORIGINAL, runningStage } from '../demo/stage.ts'
import { sandboxFolder } from '../sandbox/folder.ts'
import { ensureSystemPackages } from '../sandbox/system-packages.ts'

/**
 * `npm run pictures`: takes the pictures of the README from the running demo, so that they show what there is. Each
 * page is waited for by words that only its loaded content has.
 */
const PICTURES = join(import.meta.dirname, '../../docs/pictures')
const WIDTH = 1200
const HEIGHT = 800

type Stage = NonNullable<Awaited<ReturnType<typeof runningStage>>>

async function takePictures(stage: Stage): Promise<void> {
  mkdirSync(PICTURES, { recursive: true })
  const browser = await openChromium()
  try {
    const context = await browser.newContext({ viewport: { width: WIDTH, height: HEIGHT }, locale: 'en' })
    const page = await context.newPage()
    const take = async (name: string) => {
      await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' })
      console.log(`docs/pictures/${name}.png`)
    }
    await signIn(page, stage)
    const backup = await newestBackup(page, stage)
    for (const [name, place, words] of placesOf(backup)) {
      await page.goto(pageAt(stage, place))
      await page.reload()
      // The choices of a closed list hold the same words.
      await page.getByText(words).filter({ visible: true }).first().waitFor()
      await take(name)
    }
    await page.goto(`${stage.agentUrl}/web/database/backups`)
    await page.getByRole('heading').first().waitFor()
    await take('plain-page')
  } finally {
    await browser.close()
  }
}

/** File, place in the web interface, and words of its loaded content. */
function placesOf(backup: string): readonly (readonly [string, string, string])[] {
  return [
    // Last of what the overview asks for.
    ['dashboard', '', 'Stored in the last 30 days'],
    ['backups', 'backups', ORIGINAL],
    ['backup', `backups/${encodeURIComponent(backup)}`, 'What is in it'],
    ['restore', `restore/${encodeURIComponent(backup)}`, 'Disk space'],
    ['jobs', 'jobs', ORIGINAL],
    ['settings', `settings/${ORIGINAL}`, 'Which backups stay'],
    ['setup', 'setup', 'Where backups go'],
  ]
}

const pageAt = ({ agentUrl }: Pick<Stage, 'agentUrl'>, place: string) =>
  `${agentUrl}/odoo_backup_sh/#/${place}`

async function signIn(page: Page, { agentUrl, masterPassword }: Stage): Promise<void> {
  await page.goto(pageAt({ agentUrl }, ''))
  await page.getByLabel('Master password').fill(masterPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation').first().waitFor()
}

async function newestBackup(page: Page, stage: Stage): Promise<string> {
  await page.goto(pageAt(stage, 'backups'))
  const link = page.getByRole('row', { name: new RegExp(ORIGINAL) }).getByRole('link')
  const place = await link.first().getAttribute('href')
  return decodeURIComponent(place?.slice(place.lastIndexOf('/') + 1) ?? '')
}

ensureSystemPackages(['sandbox', 'browser'], line => console.log(line))
const stage = await runningStage(sandboxFolder())
if (stage === undefined) {
  console.error('No demo runs. Start it with `npm run demo`, then run this again.')
  process.exit(1)
}
await takePictures(stage)
