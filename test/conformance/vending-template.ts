import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const Statement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]),
  /** Absent in a trust policy. */
  Resource: z.union([z.string(), z.array(z.string())]).optional(),
})
const Policy = z.object({ Version: z.string(), Statement: z.array(Statement) })
const Inline = z.array(z.object({ PolicyName: z.string(), PolicyDocument: Policy }))

const Template = z.object({
  Resources: z.object({
    Bucket: z.object({
      Properties: z.object({
        BucketName: z.string(),
        VersioningConfiguration: z.object({ Status: z.string() }),
        PublicAccessBlockConfiguration: z.record(z.string(), z.boolean()),
        LifecycleConfiguration: z.object({
          Rules: z.array(z.looseObject({ Id: z.string(), Status: z.string() })),
        }),
      }),
    }),
    Broker: z.object({ Properties: z.object({ Policies: Inline }) }),
    AgentRole: z.object({
      Properties: z.object({
        RoleName: z.string(),
        PermissionsBoundary: z.string(),
        AssumeRolePolicyDocument: Policy,
        Policies: Inline,
      }),
    }),
    AgentBoundary: z.object({ Properties: z.object({ PolicyDocument: Policy }) }),
    Usage: z.object({ Properties: z.object({ Policies: Inline }) }),
    RemovalOperators: z.object({ Properties: z.object({ PolicyDocument: Policy }) }),
    CutOffOperators: z.object({ Properties: z.object({ PolicyDocument: Policy }) }),
  }),
})

/** What a reference to the boundary is resolved to. */
export const BOUNDARY_ARN = 'arn:aws:iam:::policy/boundary'

export type PolicyDocument = z.output<typeof Policy>

/**
 * `infra/aws/storage.yaml` with its references resolved, as CloudFormation does it, for a store whose ARNs have no
 * account id (Ceph).
 */
export function readTemplate(names: { bucket: string; role: string; brokerArn: string }) {
  const known: Readonly<Record<string, string>> = {
    BucketName: names.bucket,
    RoleName: names.role,
    'Broker.Arn': names.brokerArn,
    AgentBoundary: BOUNDARY_ARN,
    'AWS::Partition': 'aws',
    'AWS::AccountId': '',
  }
  const resolve = (name: string) => known[name] ?? `unresolved-${name}`
  const text = readFileSync(new URL('../../infra/aws/storage.yaml', import.meta.url), 'utf8')
  const document: unknown = parse(text, {
    customTags: [
      { tag: '!Ref', resolve },
      { tag: '!GetAtt', resolve },
      {
        tag: '!Sub',
        resolve: (pattern: string) =>
          pattern.replaceAll(/\$\{([^}]+)\}/g, (_all, name: string) => resolve(name)),
      },
    ],
  })
  return Template.parse(document).Resources
}
