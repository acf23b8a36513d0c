import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import {
  createHttpApp,
  createLogger,
  finishHttpApp,
  type HealthState,
  type Listening,
  listen,
  route,
} from '@odoo-backup/service'
import { problemWording } from '../pages/language.ts'
import { notingUnreadForms } from './unread-forms.ts'

/** A form that is too large, while the registry answers and while it does not. */

const form = route({ method: 'post', path: '/operator/form', summary: '', hidden: true, handle: () => {} })
let registry: HealthState
let asked: number

let server: Listening
beforeAll(async () => {
  const log = createLogger({ name: 'test', level: 'silent' })
  const app = createHttpApp({ log })
  const door = {
    async recognise() {
      asked += 1
      return undefined
    },
  }
  const audit = { record: async () => undefined }
  const health = async () => ({ state: registry, checks: {} })
  app.use(notingUnreadForms({ door, audit, registry: health }, [form]))
  server = await listen(finishHttpApp(app, { log, wording: problemWording }), { port: 0 })
})
afterAll(() => server.close())
beforeEach(() => {
  asked = 0
})

async function send(): Promise<number> {
  const body = new URLSearchParams({ reason: 'x'.repeat(200_000) })
  return (await fetch(`${server.url}/operator/form`, { method: 'POST', body })).status
}

test.each([
  ['ok', 1],
  ['degraded', 1],
  ['failed', 0],
] as const)(
  'is refused; with a registry that is %s, %i time it is asked who sent it',
  async (state, times) => {
    registry = state
    expect({ status: await send(), asked }).toEqual({ status: 413, asked: times })
  },
)
