import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { JobView, Notice } from '@odoo-backup/protocol'
import { AgentError } from '../../apps/agent/src/errors.ts'
import { asWarning } from '../../apps/agent/src/wording/warning.ts'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

const failure = { code: 'disk_full', message: 'No space is left on the device.' }
const notices = [
  { kind: 'backup_failed', database: 'shop', text: { code: 'backup_failed', failure } },
  { kind: 'files_missing', database: 'crm', text: { code: 'files_missing', files: 3 } },
].map(notice =>
  Notice.parse({
    id: `${notice.kind}:${notice.database}`,
    severity: 'error',
    message: 'What the agent says in English.',
    raisedAt: '2026-01-31T09:00:00Z',
    ...notice,
  }),
)
const away = new AgentError('storage_unreachable', 'No answer from the NAS.')
let ui: Interface
beforeAll(async () => {
  ui = await startInterface({ notices })
  const at = { kind: 'folder', path: '/mnt/nas' } as const
  ui.fixture.agent.unreachable = [{ place: 'the folder /mnt/nas', at, error: away, keeps: () => false }]
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
})
afterAll(() => ui.close())

test('a German reader is told of what the agent noticed in German, with the cause’s own words below', async () => {
  const page = await ui.openInside({ locale: 'de-DE' })
  const shown = page.getByRole('region', { name: 'Hinweise' })
  await shown.getByText('Die letzte Sicherung ist fehlgeschlagen. Die Platte ist voll.').waitFor()
  await shown.getByText('Bei der letzten Sicherung fehlten 3 Dateien, die in der Datenbank stehen.').waitFor()
  await eventually(async () =>
    expect(await shown.locator('[lang=en]').allTextContents()).toEqual([failure.message]),
  )
  expect(await shown.textContent()).not.toContain('in English')
  expect(ui.faults).toEqual([])
})

test('what speaks for and against a restore is said in German before it is begun', async () => {
  const page = await ui.openInside({ locale: 'de-DE' })
  await page.goto(`${ui.url}#/restore/shop.2026-01-31_04-00-00.zip`)
  await page.getByText('Das Archiv ist da.').waitFor()
  await page.getByText('Der Name restored ist frei.').waitFor()
  await page.getByLabel('Name der wiederhergestellten Datenbank').fill('shop')
  const check = page.getByRole('listitem').filter({ hasText: 'Unter diesem Namen' })
  await check.getByText('Eine Datenbank dieses Namens gibt es schon.').waitFor()
  await eventually(async () => expect(await check.locator('[lang=en]').textContent()).toBe('It is taken.'))
  expect(ui.faults).toEqual([])
})

test('why a job failed is said in German in the list of jobs, and in the agent’s own words too on its own page', async () => {
  const moments = { createdAt: '2026-01-31T03:00:00Z', finishedAt: '2026-01-31T03:01:00Z' }
  const failed = { id: 'german-1', kind: 'backup', database: 'shop', state: 'failed', attempt: 3, failure }
  ui.fixture.agent.jobsMade.push(JobView.parse({ ...failed, ...moments }))
  const page = await ui.openInside({ locale: 'de-DE' })
  await page.goto(`${ui.url}#/jobs`)
  await page.getByRole('row').getByText('Die Platte ist voll.').waitFor()
  await page.getByRole('row').getByText(failure.message).waitFor()
  await page.getByRole('link', { name: 'Sicherung von shop' }).click()
  const reason = page.getByRole('alert')
  await reason.getByText('Die Platte ist voll.').waitFor()
  await eventually(async () => expect(await reason.locator('[lang=en]').textContent()).toBe(failure.message))
})

test('what a job and a backup leave to know is said in German, with PostgreSQL’s own words below', async () => {
  const words = 'permission denied to create extension "unaccent"'
  const warnings = [
    asWarning({ code: 'schedules_off', database: 'shop' }),
    asWarning({ code: 'extension_lacking', extension: 'unaccent', words }),
    asWarning({ code: 'failed_afterwards', failure }),
    asWarning({ code: 'noted', words: 'What an older agent kept.' }),
  ]
  const restored = { id: 'german-3', kind: 'restore', database: 'shop', state: 'completed', attempt: 1 }
  ui.fixture.agent.jobsMade.push(JobView.parse({ ...restored, createdAt: '2026-01-31T03:00:00Z', warnings }))
  ui.fixture.agent.warnings = warnings
  const page = await ui.openInside({ locale: 'de-DE' })
  for (const place of ['jobs/german-3', 'backups/shop.2026-01-31_04-00-00.zip']) {
    await page.goto(`${ui.url}#/${place}`)
    await page.getByText('Die Zeitpläne der Sicherungen von shop wurden ausgeschaltet.').waitFor()
    await page.getByText('danach ging noch etwas schief: Die Platte ist voll.').waitFor()
    await eventually(async () =>
      expect(await page.locator('.tone-warn [lang=en]').allTextContents()).toEqual([
        words,
        failure.message,
        'What an older agent kept.',
      ]),
    )
    expect(await page.getByText(warnings[0]?.message ?? '').count()).toBe(0)
  }
  expect(ui.faults).toEqual([])
})

test('a place that does not answer is named in German, with the reason', async () => {
  const page = await ui.openInside({ locale: 'de-DE' })
  await page.goto(`${ui.url}#/backups`)
  const place = page.getByRole('listitem').filter({ hasText: 'Ordner /mnt/nas: Der Speicher ist nicht zu' })
  await eventually(async () => expect(await place.locator('[lang=en]').textContent()).toBe(away.message))
})

test('what neutralising did is said in German, and in the agent’s words where its code is not known', async () => {
  const statements = [
    { step: 'webhooks', what: 'webhooks emptied', rows: 3 },
    { what: 'what an older agent did', rows: 1 },
    { step: 'of_tomorrow', what: 'what a newer agent did', rows: 2 },
    { step: 'telephony', what: 'telephony set to its demonstration', rows: 0 },
  ]
  const neutralised = { modules: [], statements, notCovered: [] }
  const restored = { id: 'german-2', kind: 'restore', database: 'shop', state: 'completed', attempt: 1 }
  const createdAt = '2026-01-31T03:00:00Z'
  ui.fixture.agent.jobsMade.push(JobView.parse({ ...restored, createdAt, neutralised }))
  const page = await ui.openInside({ locale: 'de-DE' })
  await page.goto(`${ui.url}#/jobs/german-2`)
  await page.getByText('Webhooks geleert (3)').waitFor()
  await page.getByText('what an older agent did (1)').waitFor()
  await page.getByText('what a newer agent did (2)').waitFor()
  await page.getByText(/^Hiervon war nichts zu tun: Telefonie[^;]*$/).waitFor()
  expect(await page.getByText('Telefonie').count()).toBe(1)
})

test('what is not there is told in one way: as the heading, with what to do and the way back', async () => {
  const page = await ui.openInside({ locale: 'de-DE' })
  for (const [place, heading, back] of [
    ['nowhere', 'Diese Seite gibt es nicht.', 'Zur Übersicht'],
    ['backups/none', 'Diese Sicherung gibt es nicht (mehr).', 'Zu den Sicherungen'],
    ['restore/none', 'Diese Sicherung gibt es nicht (mehr).', 'Zu den Sicherungen'],
    ['jobs/none', 'Diesen Auftrag gibt es nicht (mehr).', 'Zu den Aufträgen'],
    ['settings/none', 'Diese Datenbank gibt es nicht.', 'Zu den Einstellungen'],
  ] as const) {
    await page.goto(`${ui.url}#/${place}`)
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
    const main = page.getByRole('main')
    expect(await main.getByRole('heading').allTextContents()).toEqual([heading])
    expect(await main.getByRole('paragraph').allTextContents()).toEqual([
      expect.stringMatching(/^[^.]+\.$/),
      back,
    ])
    expect(await main.getByRole('link').allTextContents()).toEqual([back])
    expect(await main.getByRole('button').count()).toBe(0)
  }
})

test('a storage that asks for a log-in is said in German alone, and has a way on', async () => {
  const page = await ui.openInside({ locale: 'de-DE' })
  const told = page.getByRole('alert')
  ui.fixture.agent.broken = new AgentError('login_required', 'Log in first.', {
    authLink: 'https://broker.example/login/1',
  })
  try {
    await page.goto(`${ui.url}#/backups/shop.2026-01-31_04-00-00.zip`)
    await told.getByText('Der Speicher verlangt eine Anmeldung.').waitFor()
    expect(await page.getByText('Log in first.').count()).toBe(0)
    await told.getByRole('link', { name: 'Speicher verbinden' }).click()
    await page.getByRole('heading', { level: 1, name: 'Sicherungen einrichten' }).waitFor()
  } finally {
    ui.fixture.agent.broken = undefined
  }
})
