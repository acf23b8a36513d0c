import { afterAll, expect, test } from '@jest/globals'
import type { Purpose } from '@odoo-backup/protocol'
import { policyText, sessionPolicy } from '../../apps/broker/src/vending/session-policy.ts'
import { tryMatrix } from './vending-matrix.ts'
import { freshFolder, ownerClient, sandbox, sandboxTokenService } from './vending-sandbox.ts'

const owner = ownerClient()
const tokenService = sandboxTokenService()
afterAll(() => {
  owner.destroy()
  tokenService.close()
})

const RIGHTS: readonly (readonly Purpose[])[] = [
  ['backup'],
  ['restore'],
  ['rotate'],
  ['backup', 'restore', 'rotate'],
]

test.each(RIGHTS.map(purposes => [purposes.join(' and '), purposes] as const))(
  'a credential for %s does what its purpose needs in its own folder, and nothing anywhere else',
  async (_name, purposes) => {
    const folder = freshFolder()
    const policy = policyText(sessionPolicy({ bucket: sandbox.bucket, folder, purposes }))
    const keys = await tokenService.issue({ instanceId: 'matrix', folder, policy })
    const faults = await tryMatrix(
      {
        bucket: sandbox.bucket,
        region: sandbox.region,
        endpoints: [sandbox.s3Endpoint, sandbox.stsEndpoint],
        owner,
      },
      { folder, purposes, keys },
    )
    expect(faults).toEqual([])
  },
)
