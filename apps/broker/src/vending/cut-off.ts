import {
  DeleteRolePolicyCommand,
  GetRoleCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { AccountFolder } from '@odoo-backup/protocol'
import { partitionOf } from './session-policy.ts'

/**
 * A Deny in the policy of the role: vended credentials of one folder are refused. Ceph acts on it from the next
 * request on; on AWS a change of a policy takes some seconds to reach all of S3.
 */
export interface CutOff {
  readonly folder: AccountFolder
  readonly until: Date
  /** The account went on being served: what it was vended since the beginning counts again afterwards. */
  readonly stillServed: boolean
}

/** The cut-offs of a role, kept in its policies and nowhere else: what they are called says all about them. */
export interface CutOffs {
  begin(cutOff: CutOff): Promise<void>
  /** How long a session of the role may live, in seconds, whatever was asked for; rejects where that cannot be read. */
  longestSessionSeconds(): Promise<number>
  /** Those in force. */
  list(): Promise<readonly CutOff[]>
  /** Takes it away. To be called when what it denies has expired by itself. */
  lift(cutOff: CutOff): Promise<void>
}

/** `roleArn` tells the partition in which the bucket must be named. */
export function cutOffPolicy(
  folder: AccountFolder,
  { roleArn, bucket }: { roleArn: string; bucket: string },
) {
  const bucketArn = `arn:${partitionOf(roleArn)}:s3:::${bucket}`
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Action: 's3:*', Resource: `${bucketArn}/${folder}/*` },
      {
        Effect: 'Deny',
        Action: 's3:ListBucket',
        Resource: bucketArn,
        Condition: { StringLike: { 's3:prefix': `${folder}/*` } },
      },
    ],
  }
}

export function createCutOffs(
  iam: IAMClient,
  { roleArn, bucket }: { roleArn: string; bucket: string },
): CutOffs {
  const RoleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)

  async function list(): Promise<CutOff[]> {
    const found: CutOff[] = []
    let Marker: string | undefined
    do {
      const answer = await iam.send(new ListRolePoliciesCommand({ RoleName, ...(Marker ? { Marker } : {}) }))
      for (const name of answer.PolicyNames ?? []) {
        const cutOff = parseName(name)
        if (cutOff !== undefined) found.push(cutOff)
      }
      Marker = answer.IsTruncated ? answer.Marker : undefined
    } while (Marker !== undefined)
    return found
  }

  return {
    async begin(cutOff) {
      const PolicyDocument = JSON.stringify(cutOffPolicy(cutOff.folder, { roleArn, bucket }))
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: nameOf(cutOff), PolicyDocument }))
    },
    async longestSessionSeconds() {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
      if (Role?.MaxSessionDuration === undefined)
        throw new Error('The role does not say how long a session lives.')
      return Role.MaxSessionDuration
    },
    list,
    async lift(cutOff) {
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: nameOf(cutOff) }))
    },
  }
}

/** Such as `cut-off-42-until-1767225600`, or `cut-off-42-served-until-…`: whole seconds since 1970. */
function nameOf({ folder, until, stillServed }: CutOff): string {
  return `cut-off-${folder}${stillServed ? '-served' : ''}-until-${Math.ceil(until.getTime() / 1000)}`
}

function parseName(name: string): CutOff | undefined {
  const [, folder, served, seconds] = /^cut-off-(.+?)(-served)?-until-([0-9]{1,12})$/.exec(name) ?? []
  const parsed = AccountFolder.safeParse(folder)
  if (!parsed.success) return undefined
  const until = new Date(Number(seconds) * 1000)
  return { folder: parsed.data, until, stillServed: served !== undefined }
}
