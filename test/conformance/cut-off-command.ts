import { IAMClient } from '@aws-sdk/client-iam'
import { sandbox } from './vending-sandbox.ts'
import { sendSigned } from './vending-signed-request.ts'

/** The settings of an operator who may run `cut-off`, beside that of the registry. */
export const operator = {
  BROKER_S3_BUCKET: sandbox.bucket,
  BROKER_S3_REGION: sandbox.region,
  BROKER_STS_ROLE_ARN: sandbox.roleArn,
  CUT_OFF_IAM_ENDPOINT: sandbox.stsEndpoint,
  CUT_OFF_ACCESS_KEY_ID: sandbox.setupAccessKeyId,
  CUT_OFF_SECRET_ACCESS_KEY: sandbox.setupSecretAccessKey,
}

/** Whoever manages the store. */
export function iamClient(): IAMClient {
  return new IAMClient({
    endpoint: sandbox.stsEndpoint,
    region: sandbox.region,
    credentials: { accessKeyId: sandbox.setupAccessKeyId, secretAccessKey: sandbox.setupSecretAccessKey },
  })
}

/** By hand, since a test does not wait an hour: takes the cut-offs of this folder out of the role. */
export async function removeCutOffs(folder: string, roleArn = sandbox.roleArn): Promise<number> {
  const setup = { accessKeyId: sandbox.setupAccessKeyId, secretAccessKey: sandbox.setupSecretAccessKey }
  const RoleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  const ask = (query: Record<string, string>) =>
    sendSigned(sandbox.stsEndpoint, sandbox.region, setup, {
      method: 'POST',
      path: '/',
      service: 'iam',
      query,
    })
  const { text } = await ask({ Action: 'ListRolePolicies', RoleName })
  const names = [...text.matchAll(new RegExp(`cut-off-${folder}(?:-served)?-until-[0-9]+`, 'g'))].map(
    ([name]) => name,
  )
  for (const PolicyName of names) await ask({ Action: 'DeleteRolePolicy', RoleName, PolicyName })
  return names.length
}
