import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type Purpose, VendedCredentials } from '@odoo-backup/protocol'

/** Asks the broker for a credential with the agent's key, as the agent does. */
export async function credentialOf(
  brokerUrl: string,
  agentConfiguration: string,
  purpose: Purpose,
): Promise<VendedCredentials> {
  const key = /^odoo_backup_sh_user_key\s*=\s*(\S+)/m.exec(readFileSync(agentConfiguration, 'utf8'))?.[1]
  const answer = await fetch(`${brokerUrl}/v1/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ purpose }),
  })
  if (!answer.ok) throw new Error(`The broker answered ${answer.status} to a request for credentials.`)
  return VendedCredentials.parse(await answer.json())
}

/** Fetches a zip with a plain S3 client and lets unzip judge it; returns how many entries it has. */
export async function tryZip(
  credential: VendedCredentials,
  key: string,
): Promise<{ entries: number; bytes: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'demo-zip-'))
  const file = join(folder, 'backup.zip')
  try {
    const { Body, ContentLength } = await withClient(credential, client =>
      client.send(new GetObjectCommand({ Bucket: credential.bucket, Key: key })).then(async answer => {
        if (!(answer.Body instanceof Readable)) throw new Error('The store answered without a body.')
        await pipeline(answer.Body, createWriteStream(file))
        return answer
      }),
    )
    if (Body === undefined) throw new Error(`${key} is empty.`)
    execFileSync('unzip', ['-tq', file], { stdio: ['ignore', 'ignore', 'inherit'] })
    const names = execFileSync('unzip', ['-Z1', file], { encoding: 'utf8', maxBuffer: 1024 ** 3 })
      .trim()
      .split('\n')
    const stray = names.filter(name => !/^(dump\.sql|manifest\.json|filestore\/.+)$/.test(name))
    if (stray.length > 0 || names[0] !== 'dump.sql')
      throw new Error(`Not Odoo's layout: ${names.slice(0, 3)} …`)
    return { entries: names.length, bytes: ContentLength ?? 0 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Tries with each purpose's credential to list, read, write and delete in folders of other accounts and at the
 * root of the bucket. Returns how many attempts were refused; throws if one was not, or if the credential does
 * not even work where it should.
 */
export async function tryForeignFolders(credentials: readonly VendedCredentials[]): Promise<number> {
  let refused = 0
  for (const credential of credentials)
    await withClient(credential, async client => {
      const Bucket = credential.bucket
      await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${credential.folder}/` }))
      const foreign = [`${credential.folder}0/`, '7/', '']
      const attempts = foreign.flatMap(prefix => [
        () => client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix })),
        () => client.send(new GetObjectCommand({ Bucket, Key: `${prefix}backup.zip` })),
        () => client.send(new PutObjectCommand({ Bucket, Key: `${prefix}backup.zip`, Body: 'intruder' })),
        () => client.send(new DeleteObjectCommand({ Bucket, Key: `${prefix}backup.zip` })),
      ])
      for (const attempt of attempts) {
        if (!(await isRefused(attempt)))
          throw new Error(`A ${credential.purpose} credential reached beyond its own folder.`)
        refused += 1
      }
    })
  return refused
}

async function isRefused(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt()
    return false
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
    if (status === 403) return true
    throw error
  }
}

async function withClient<T>(
  credential: VendedCredentials,
  work: (client: S3Client) => Promise<T>,
): Promise<T> {
  const client = new S3Client({
    region: credential.region,
    forcePathStyle: credential.pathStyle,
    credentials: credential,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(credential.endpoint === undefined ? {} : { endpoint: credential.endpoint }),
  })
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}
