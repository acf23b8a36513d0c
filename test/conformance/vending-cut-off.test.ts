import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { InstanceId } from '../../apps/broker/src/registry/ids.ts'
import { policyText, sessionPolicy } from '../../apps/broker/src/vending/session-policy.ts'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { startFaultProxy } from '../fixtures/fault-proxy.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { operator, removeCutOffs } from './cut-off-command.ts'
import { bindInstance } from './vending-instance.ts'
import { freshFolder, sandbox, sandboxTokenService } from './vending-sandbox.ts'
import { sendSigned } from './vending-signed-request.ts'

/** The operator's commands, run as an operator runs them. */

/** What the sandbox's role allows, as a role does for which nothing else is said. */
const ROLES_LONGEST_SESSION_MS = 3_600_000

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

const command = (args: readonly string[], environment: Record<string, string> = {}) =>
  brokerCommand(args, { BROKER_DATABASE_URL: broker.databaseUrl, ...environment })

test('cut-off refuses what is already out from the next request on, and only that account; lifting waits for the end', async () => {
  const victim = await bindInstance(broker)
  const other = await bindInstance(broker)
  const put = async ({ agent, folder }: typeof victim) => {
    const { body } = await agent.post('/v1/credentials', { purpose: 'backup' })
    return async () => {
      const written = await sendSigned(sandbox.s3Endpoint, sandbox.region, body, {
        method: 'PUT',
        path: `/${sandbox.bucket}/${folder}/cut`,
        body: 'x',
      })
      const query = { prefix: `${folder}/` }
      const listed = await sendSigned(sandbox.s3Endpoint, sandbox.region, body, {
        method: 'GET',
        path: `/${sandbox.bucket}`,
        query,
      })
      return [written.status, listed.status]
    }
  }
  const [victims, others] = [await put(victim), await put(other)]
  expect([await victims(), await others()]).toEqual([
    [200, 200],
    [200, 200],
  ])
  try {
    await suspend(victim)
    const cut = await command(
      ['cut-off', victim.folder, '--reason', 'the key was stolen', '--no-wait'],
      operator,
    )
    expect(cut).toMatchObject({ status: 0, stdout: expect.stringContaining('is refused until') })
    expect([await victims(), await others()]).toEqual([
      [403, 403],
      [200, 200],
    ])
    await command(['cut-off'], operator)
    expect(await victims()).toEqual([403, 403])
    expect(await cutOffRows(victim.accountId)).toEqual([
      {
        actor: 'operator',
        outcome: 'done',
        reason: 'the key was stolen',
        operator: expect.stringMatching(/^.+@.+$/),
      },
    ])
  } finally {
    await removeCutOffs(victim.folder)
  }
  expect(await victims()).toEqual([200, 200])
})

test('an account that is still served is not cut off without a word more, and nothing is done', async () => {
  const { folder, accountId } = await bindInstance(broker)
  const order = ['cut-off', folder, '--reason', 'x', '--no-wait']
  expect(await command(order, operator)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/still served.*Suspend it first.*--still-served/),
  })
  expect(await removeCutOffs(folder)).toBe(0)
  expect(await cutOffRows(accountId)).toEqual([])
  await broker.query("UPDATE instance SET state = 'revoked' WHERE account_id = $1", [accountId])
  try {
    expect(await command(order, operator)).toMatchObject({ status: 0 })
  } finally {
    expect(await removeCutOffs(folder)).toBe(1)
  }
})

test('cut-off does not trust the memory of a registry that was restored: what it forgot is refused as well', async () => {
  const forgotten = await bindInstance(broker)
  const tokenService = sandboxTokenService()
  const policy = policyText(
    sessionPolicy({ bucket: sandbox.bucket, folder: forgotten.folder, purposes: ['backup'] }),
  )
  const keys = await tokenService.issue({ ...forgotten, policy })
  tokenService.close()
  const put = async () =>
    (
      await sendSigned(sandbox.s3Endpoint, sandbox.region, keys, {
        method: 'PUT',
        path: `/${sandbox.bucket}/${forgotten.folder}/cut`,
        body: 'x',
      })
    ).status
  expect(await put()).toBe(200)
  try {
    await suspend(forgotten)
    const begun = Date.now()
    const cut = await command(['cut-off', forgotten.folder, '--reason', 'after a restore', '--no-wait'], {
      ...operator,
      // Lowered since: what is out was vended with a longer life.
      BROKER_CREDENTIAL_TTL_SECONDS: '900',
    })
    expect(cut).toMatchObject({ status: 0, stderr: expect.stringContaining('knows of no credential') })
    expect(await put()).toBe(403)
    expect(untilOf(cut)).toBeGreaterThanOrEqual(begun + ROLES_LONGEST_SESSION_MS)
    expect(untilOf(cut)).toBeLessThan(begun + 2 * ROLES_LONGEST_SESSION_MS)
  } finally {
    await removeCutOffs(forgotten.folder)
  }
})

test('cut-off of an account that a restored registry has forgotten as a whole needs a word more, and refuses its credentials', async () => {
  const folder = freshFolder()
  const tokenService = sandboxTokenService()
  const keys = await tokenService.issue({
    folder,
    instanceId: InstanceId.parse(randomUUID()),
    policy: policyText(sessionPolicy({ bucket: sandbox.bucket, folder, purposes: ['backup'] })),
  })
  tokenService.close()
  const put = async () => {
    const path = `/${sandbox.bucket}/${folder}/cut`
    const request = { method: 'PUT', path, body: 'x' } as const
    return (await sendSigned(sandbox.s3Endpoint, sandbox.region, keys, request)).status
  }
  expect(await put()).toBe(200)
  const order = ['cut-off', folder, '--reason', 'after a restore', '--no-wait']
  try {
    expect(await command(order, operator)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('--unknown-account'),
    })
    expect(await put()).toBe(200)
    expect(await command([...order, '--unknown-account'], operator)).toMatchObject({ status: 0 })
    expect(await put()).toBe(403)
    expect(
      await broker.query(
        `SELECT account_id, outcome, reason FROM audit_event
          WHERE action = 'account.cut_off' AND detail->>'folder' = $1`,
        [folder],
      ),
    ).toEqual([{ account_id: null, outcome: 'done', reason: 'after a restore' }])
  } finally {
    await removeCutOffs(folder)
  }
})

test('cut-off lasts as long as any store lets a session live where the role does not say how long its own may', async () => {
  const { folder } = await bindInstance(broker)
  const begun = Date.now()
  let asked = 0
  // Its first question is for the role.
  const unread = await startFaultProxy(sandbox.stsEndpoint, () =>
    asked++ === 0 ? { kind: 'answer', status: 403 } : undefined,
  )
  try {
    const cut = await command(['cut-off', folder, '--reason', 'x', '--still-served', '--no-wait'], {
      ...operator,
      CUT_OFF_IAM_ENDPOINT: unread.url,
    })
    expect(cut).toMatchObject({ status: 0, stderr: expect.stringContaining('iam:GetRole') })
    expect(untilOf(cut)).toBeGreaterThanOrEqual(begun + 12 * 3_600_000)
  } finally {
    await unread.close()
    await removeCutOffs(folder)
  }
})

test("cut-off with the broker's own key is refused, in the audit log too: the broker may not change policies", async () => {
  const { agent, folder, accountId } = await bindInstance(broker)
  await agent.post('/v1/credentials', { purpose: 'backup' })
  await suspend({ accountId })
  const tried = await command(['cut-off', folder, '--reason', 'tried', '--no-wait'], {
    ...operator,
    CUT_OFF_ACCESS_KEY_ID: sandbox.brokerAccessKeyId,
    CUT_OFF_SECRET_ACCESS_KEY: sandbox.brokerSecretAccessKey,
  })
  expect(tried.status).toBe(1)
  expect((await cutOffRows(accountId)).map(({ outcome }) => outcome)).toEqual(['done', 'refused'])
  expect(await removeCutOffs(folder)).toBe(0)
})

test('cut-off says what is missing: a reason, an account, settings', async () => {
  expect(await command(['cut-off', '42'], operator)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--reason'),
  })
  expect(await command(['cut-off', '99999999999', '--reason', 'x'], operator)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('No account'),
  })
  expect(await command(['cut-off'])).toMatchObject({
    status: 78,
    stderr: expect.stringContaining('BROKER_STS_ROLE_ARN'),
  })
})

test('a token made by the command enters the admin API, is listed without its secret, and is worthless once revoked', async () => {
  const made = await command(['admin-token', 'create', 'ops', '--role', 'viewer', '--days', '1'])
  const token = made.stdout.trim()
  const enter = async () =>
    (await fetch(`${broker.url}/admin/v1/accounts`, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await enter()).toBe(200)
  const listed = await command(['admin-token', 'list'])
  expect(listed.stdout).toContain('ops\tviewer\tcounts')
  expect(listed.stdout).not.toContain(token)
  expect(await command(['admin-token', 'create', 'ops'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('already'),
  })
  await command(['admin-token', 'revoke', 'ops'])
  expect(await enter()).toBe(401)
  expect(await command(['migrate'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('up to date'),
  })
})

async function suspend({ accountId }: { accountId: string }): Promise<void> {
  await broker.query('UPDATE account SET suspended_at = now() WHERE id = $1', [accountId])
}

/** Until when, as the command tells. */
function untilOf({ stdout }: { stdout: string }): number {
  return Date.parse(/refused until (\S+):/.exec(stdout)?.[1] ?? '')
}

function cutOffRows(accountId: string) {
  return broker.query<{ outcome: string }>(
    `SELECT actor, outcome, reason, detail->>'operator' AS operator FROM audit_event
      WHERE action = 'account.cut_off' AND account_id = $1 ORDER BY id`,
    [accountId],
  )
}
