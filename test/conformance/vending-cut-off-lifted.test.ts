import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AccountFolder } from '@odoo-backup/protocol'
import { createCutOffs } from '../../apps/broker/src/vending/cut-off.ts'
import { sandboxFolder } from '../../infra/sandbox/folder.ts'
import { runProgram } from '../../infra/sandbox/programs.ts'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { iamClient, operator as operatorOfSandbox, removeCutOffs } from './cut-off-command.ts'
import { bindInstance } from './vending-instance.ts'
import { freshFolder, sandbox } from './vending-sandbox.ts'

/**
 * When cut-offs end: the command without a folder, run as an operator runs it. On a role of this file's own, since the
 * command looks at all cut-offs of a role, and other files have theirs at the same time.
 */

const admin = (...args: string[]) =>
  runProgram('radosgw-admin', ['-c', join(sandboxFolder(), 'ceph', 'ceph.conf'), ...args])
const RoleName = `cut-off-lifted-${randomBytes(6).toString('hex')}`
const roleArn = sandbox.roleArn.replace(/[^/]+$/, RoleName)
const operator = { ...operatorOfSandbox, BROKER_STS_ROLE_ARN: roleArn }
let broker: RunningBroker
beforeAll(async () => {
  const nobody = { Effect: 'Deny', Principal: { AWS: ['*'] }, Action: ['sts:AssumeRole'] }
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [nobody] })
  // Not by the gateway, which all tests share: Ceph 16 has crashed while it read a role's trust.
  admin('role', 'create', `--role-name=${RoleName}`, `--assume-role-policy-doc=${trust}`)
  broker = await runBroker()
})
afterAll(async () => {
  admin('role', 'delete', `--role-name=${RoleName}`)
  await broker.close()
})

const command = (args: readonly string[], environment: Record<string, string> = {}) =>
  brokerCommand(args, { BROKER_DATABASE_URL: broker.databaseUrl, ...environment })

test('a cut-off stays while a credential lives that was vended since, unless the account was to be served', async () => {
  const [suspended, served, idle] = [
    await bindInstance(broker),
    await bindInstance(broker),
    await bindInstance(broker),
  ]
  for (const { agent } of [suspended, served])
    expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  const iam = iamClient()
  const cutOffs = createCutOffs(iam, { roleArn, bucket: sandbox.bucket })
  const until = new Date('2001-01-01T00:00:00Z')
  const begin = ({ folder }: typeof served, stillServed: boolean) =>
    cutOffs.begin({ folder: AccountFolder.parse(folder), until, stillServed })
  try {
    await begin(suspended, false)
    await begin(served, true)
    await begin(idle, false)
    const { stdout } = await command(['cut-off'], operator)
    expect(stdout).toMatch(new RegExp(`cut-off of ${suspended.folder} stays: .*expires at 20`))
    expect(stdout).toContain(`cut-off of ${served.folder} is lifted: what was out when it began has expired`)
    expect(stdout).toContain(`cut-off of ${idle.folder} is lifted: what it refused has expired`)
    const left = (await cutOffs.list()).filter(cutOff => cutOff.until.getTime() === until.getTime())
    expect(left.map(({ folder }) => folder)).toEqual([suspended.folder])
    const { stdout: lifted } = await command(['cut-off', '--still-served'], operator)
    expect(lifted).toContain(
      `cut-off of ${suspended.folder} is lifted: what was out when it began has expired`,
    )
    expect(await cutOffs.list()).toEqual([])
  } finally {
    for (const { folder } of [suspended, served, idle]) await removeCutOffs(folder, roleArn)
    iam.destroy()
  }
})

test('the command without a folder lifts what is over and leaves the rest, and writes who lifted it', async () => {
  const [over, inForce] = [freshFolder(), freshFolder()]
  const iam = iamClient()
  const cutOffs = createCutOffs(iam, { roleArn, bucket: sandbox.bucket })
  try {
    const stillServed = false
    await cutOffs.begin({ folder: inForce, until: new Date(Date.now() + 3_600_000), stillServed })
    await cutOffs.begin({ folder: over, until: new Date(Date.now() - 1000), stillServed })
    const lifted = await command(['cut-off'], operator)
    expect(lifted).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`cut-off of ${over} is lifted`),
    })
    expect(lifted.stdout).not.toContain(inForce)
    const folders = (await cutOffs.list()).map(({ folder }) => folder)
    expect(folders).toContain(inForce)
    expect(folders).not.toContain(over)
    expect(
      await broker.query(
        `SELECT actor, outcome, detail->>'operator' AS operator FROM audit_event
          WHERE action = 'account.cut_off_lifted' AND detail->>'folder' = $1`,
        [over],
      ),
    ).toEqual([{ actor: 'operator', outcome: 'done', operator: expect.stringMatching(/^.+@.+$/) }])
  } finally {
    for (const folder of [over, inForce]) await removeCutOffs(folder, roleArn)
    iam.destroy()
  }
})
