import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newAccount } from '../fixtures/broker-operators.ts'
import { form, type OperatorDesk, openOperatorDesk, reason } from '../fixtures/operator-desk.ts'
import { bindInstance } from './vending-instance.ts'

/** The forms by which operators change what an account has and owes: each does what it says, says so, and stands in the trail. */

let desk: OperatorDesk
beforeAll(async () => {
  desk = await openOperatorDesk()
})
afterAll(() => desk.broker.close())

const begun = Date.now()
/** Of the day on which the tests began, whatever day it is by now. */
const inDays = (days: number) => new Date(begun + days * 86_400_000).toISOString().slice(0, 10)

test('credit is given back, once for a form that is sent twice', async () => {
  const accountId = await newAccount(desk.broker)
  const page = await desk.open(`/operator/accounts/${accountId}`)
  const send = () => desk.billing.submit(page, form(page, '/refund'), { reason, credits: '2.5' })
  expect((await send()).text).toContain('The credit was given back.')
  const again = await send()
  expect(again.text).toContain('not a second time')
  expect(again.text).toContain('<dd>2.5 credits</dd>')
  expect(await desk.trail('billing.refund', accountId)).toEqual([
    desk.done(expect.objectContaining({ credits: '2.5' })),
  ])
})

test('the plan is chosen among those that there are', async () => {
  const accountId = await newAccount(desk.broker)
  const changed = await desk.change(accountId, 'plan', { plan: 'large' })
  expect(changed.text).toContain('The plan is changed, from the next month on.')
  expect(changed.text).toContain('<option value="large" selected>')
  const same = await desk.change(accountId, 'plan', { plan: 'large' })
  expect(same).toMatchObject({ status: 409, text: expect.stringContaining('It has this plan already.') })
  expect(await desk.trail('billing.plan_changed', accountId)).toEqual([
    desk.done({ plan: 'large' }),
    desk.refused('same_plan', { plan: 'large' }),
  ])
  const refused = await desk.change(accountId, 'plan', { plan: 'free for all' })
  expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('Nothing was changed') })
  expect(refused.text).toContain('Plans: standard, large.')
  expect(refused.text).toContain(`href="/operator/accounts/${accountId}"`)
})

test('no plan is chosen beforehand for an account whose plan the settings do not have, and the form names it', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.broker.query(
    "INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, '<b>gone</b>', FALSE, now())",
    [accountId],
  )
  const path = `/operator/accounts/${accountId}`
  const choice = (text: string) => /<select id="plan".*?<\/select>/s.exec(text)?.[0]
  const page = await desk.open(path)
  expect(choice(page.text)).toBe(
    '<select id="plan" name="plan" required><option value="" disabled selected>Choose one: &lt;b&gt;gone&lt;/b&gt; is not in the settings</option><option value="standard">standard</option><option value="large">large</option></select>',
  )
  expect(choice((await desk.open(`${path}?language=de`, await desk.enter('billing'))).text)).toContain(
    'Bitte wählen: &lt;b&gt;gone&lt;/b&gt; steht nicht in den Einstellungen',
  )
  // What a browser without a choice sends all the same.
  for (const plan of [undefined, ''])
    expect((await desk.billing.submit(page, form(page, '/plan'), { reason, plan })).status).toBe(400)
  expect(choice((await desk.change(accountId, 'plan', { plan: 'large' })).text)).toBe(
    '<select id="plan" name="plan" required><option value="standard">standard</option><option value="large" selected>large</option></select>',
  )
})

test('a trial is extended to the end of a day while no month has begun', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.change(accountId, 'plan', { plan: 'large' })
  const longer = await desk.change(accountId, 'trial', { until: inDays(40) })
  expect(longer.text).toContain('The trial was extended.')
  expect(await desk.trail('billing.trial_extended', accountId)).toEqual([
    desk.done({ until: `${inDays(41)}T00:00:00.000Z` }),
  ])
  const past = await desk.change(accountId, 'trial', { until: inDays(-2) })
  expect(past).toMatchObject({ status: 409, text: expect.stringContaining('This is past already') })
  expect(past.text).toContain('day_is_past')
  const shorter = await desk.change(accountId, 'trial', { until: inDays(1) })
  expect(shorter).toMatchObject({ status: 409, text: expect.stringContaining('trial_is_over') })
  expect(await desk.trail('billing.trial_extended', accountId)).toEqual([
    desk.done({ until: `${inDays(41)}T00:00:00.000Z` }),
    desk.refused('day_is_past', { until: `${inDays(-1)}T00:00:00.000Z` }),
    desk.refused('trial_is_over', { until: `${inDays(2)}T00:00:00.000Z` }),
  ])
})

test('what is due is collected on demand, and grace is extended while it cannot be paid', async () => {
  const accountId = await newAccount(desk.broker)
  expect((await desk.changeLate(accountId, 'grace', { until: inDays(30) })).text).toContain('not_used_yet')
  expect((await desk.changeLate(accountId, 'run')).text).toContain('not_used_yet')
  await desk.beginMonth(accountId)
  const asked = await desk.change(accountId, 'run')
  expect(asked.text).toContain('What is due was asked for.')
  expect(asked.text).toContain('<dt>Due</dt><dd>10 credits</dd>')
  const inGerman = await desk.open(`/operator/accounts/${accountId}?language=de`, await desk.enter('billing'))
  expect(inGerman.text).toMatch(/<dd>10 Credits<\/dd>[\s\S]*Wie viel \(Credits\)/)
  expect(await desk.trail('billing.run', accountId)).toEqual([desk.refused('not_used_yet'), desk.done({})])
  expect((await desk.change(accountId, 'grace', { until: inDays(30) })).text).toContain(
    'The time of grace was changed.',
  )
  expect(await desk.trail('billing.grace_extended', accountId)).toEqual([
    desk.refused('not_used_yet', { until: expect.any(String) }),
    desk.done({ until: expect.any(String) }),
  ])
  const shorter = await desk.change(accountId, 'grace', { until: inDays(20) })
  expect(shorter).toMatchObject({ status: 409, text: expect.stringContaining('grace_is_longer') })
  expect(shorter.text).toContain(`Grace lasts until ${inDays(31)} 00:00 UTC already.`)
  const extended = /<dt>Grace extended until<\/dt><dd><time datetime="([-\d]{10})T/
  await desk.change(accountId, 'grant', { credits: '12' })
  const paid = await desk.change(accountId, 'run')
  expect(paid.text).toContain('<dd>2 credits</dd>')
  // Of an account that has paid, nothing else tells it.
  expect(extended.exec(paid.text)?.[1]).toBe(inDays(31))
  await desk.broker.query(
    "UPDATE billing_account SET grace_until = now() - interval '1 day' WHERE account_id = $1",
    [accountId],
  )
  expect((await desk.open(`/operator/accounts/${accountId}`)).text).not.toMatch(extended)
})

test('the forms that are offered are those that the account lets succeed', async () => {
  const accountId = await newAccount(desk.broker)
  const suspend = (at: string) =>
    desk.broker.query(`UPDATE account SET suspended_at = ${at} WHERE id = $1`, [accountId])
  const offered = async () => {
    const path = `/operator/accounts/${accountId}/`
    const { forms } = await desk.open(path.slice(0, -1))
    const verbs = forms.filter(({ action }) => action.startsWith(path)).map(({ action }) => action)
    return verbs.map(action => action.slice(path.length))
  }
  const always = ['grant', 'refund', 'plan']
  expect(await offered()).toEqual([...always, 'trial'])
  await suspend('now()')
  expect(await offered()).toEqual([...always, 'trial'])
  await suspend('NULL')
  // Its trial is over, and no month has been opened yet: the trial can still be made longer.
  await desk.beginMonth(accountId)
  expect(await offered()).toEqual([...always, 'trial', 'grace', 'run'])
  await desk.change(accountId, 'run')
  expect(await offered()).toEqual([...always, 'grace', 'run'])
  await suspend('now()')
  expect(await offered()).toEqual([...always, 'grace'])
})

test('credentials that were issued are shown to viewers, without their secrets', async () => {
  const { agent, accountId, instanceId } = await bindInstance(desk.broker)
  await desk.change(accountId, 'grant', { credits: '50' })
  const vended = await agent.post('/v1/credentials', { purpose: 'restore' })
  expect(vended.status).toBe(200)
  const viewer = await desk.enter('viewer')
  const page = await desk.open(`/operator/credentials?accountId=${accountId}`, viewer)
  expect(page.text).toContain(vended.body.accessKeyId)
  expect(page.text).toContain(instanceId)
  expect(page.text).toContain('still valid')
  expect(page.text).not.toContain(vended.body.secretAccessKey)
  expect((await desk.open('/operator/credentials?accountId=', viewer)).status).toBe(200)
})

test('money is neither shown nor changed without the role for it', async () => {
  const accountId = await newAccount(desk.broker)
  const viewer = await desk.enter('viewer')
  const health = await desk.open('/operator', viewer)
  expect(health.text).not.toContain('/operator/billing')
  for (const path of ['/operator/billing', `/operator/accounts/${accountId}/ledger.csv`])
    expect({ path, status: (await desk.open(path, viewer)).status }).toEqual({ path, status: 403 })
  const fields = form(health, '/logout').fields
  const further = {
    reason,
    credits: '1',
    reference: crypto.randomUUID(),
    plan: 'large',
    until: inDays(9),
    as: 'captured',
    event: 'evt_1',
  }
  const account = ['grant', 'refund', 'plan', 'trial', 'grace', 'run'].map(
    verb => `/operator/accounts/${accountId}/${verb}`,
  )
  const all = ['pause', 'resume', 'reconcile', 'charges/1/settle', 'stripe/apply', 'stripe/dismiss'].map(
    verb => `/operator/billing/${verb}`,
  )
  const before = await desk.broker.query('SELECT paused_reason FROM billing_control')
  for (const action of [...account, ...all]) {
    const sent = (token: typeof fields) =>
      viewer.submit(health, { action, method: 'post', fields: token }, further)
    expect({ action, status: (await sent(fields)).status }).toEqual({ action, status: 403 })
    expect((await sent([['form_token', 'A'.repeat(43)]])).text).toContain('This form is not taken')
  }
  expect(await desk.broker.query('SELECT paused_reason FROM billing_control')).toEqual(before)
  expect(await desk.broker.query('SELECT 1 FROM credit_entry WHERE account_id = $1', [accountId])).toEqual([])
})

test('an account above the cap of its plan is shown as full, and one that owes while billing rests not as paid', async () => {
  const accountId = await newAccount(desk.broker)
  await desk.change(accountId, 'plan', { plan: 'large' })
  await desk.broker.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes, uploads, sampled_at)
     VALUES ($1, current_date, 619100000000, 1, 0, 0, 0, 0, now())`,
    [accountId],
  )
  expect((await desk.open(`/operator/accounts/${accountId}`)).text).toContain(
    '<dd class="danger">620 of 500 GB: no new backups are taken</dd>',
  )
  const { accountId: debtor } = await desk.chargeInDoubt()
  const standing = async () =>
    /<dt>State<\/dt><dd>([^<]*)/.exec((await desk.open(`/operator/accounts/${debtor}`)).text)?.[1]
  const turn = async (verb: 'pause' | 'resume') => {
    const page = await desk.open('/operator/billing')
    await desk.billing.submit(page, form(page, `/${verb}`), { reason })
  }
  await turn('pause')
  try {
    expect(await standing()).toBe('not paid; served all the same, since billing rests')
  } finally {
    await turn('resume')
  }
  expect(await standing()).not.toContain('billing rests')
})
