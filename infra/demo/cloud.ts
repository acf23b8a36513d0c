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
  S3ServiceException,
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
 * Tries with each purpose's credential, in folders of other accounts and at the root of the bucket, all that it may
 * do in its own: list, read, write, delete. The objects that it tries to reach are there, put by the bucket's owner.
 * Returns how many attempts were refused; throws if one was not, or if a credential may do nothing at home.
 */
export async function tryForeignFolders(
  credentials: readonly VendedCredentials[],
  owner: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<number> {
  const [first] = credentials
  if (first === undefined) return 0
  const { sessionToken: _, ...place } = first
  return withClient({ ...place, ...owner }, async ownerClient => {
    const Bucket = first.bucket
    const home = `${first.folder}/`
    const foreign = [`${first.folder}0/`, '7/', '']
    const keys = [home, ...foreign].map(prefix => `${prefix}${PLANTED}`)
    const plant = (Key: string) => ownerClient.send(new PutObjectCommand({ Bucket, Key, Body: 'of another' }))
    try {
      let refused = 0
      for (const credential of credentials) {
        for (const Key of keys) await plant(Key)
        refused += await withClient(credential, client => tryAsAtHome(client, credential, home, foreign))
      }
      for (const Key of keys.slice(1)) {
        const { Body } = await ownerClient.send(new GetObjectCommand({ Bucket, Key }))
        if ((await Body?.transformToString()) !== 'of another') throw new Error(`${Key} was written over.`)
      }
      return refused
    } finally {
      for (const Key of keys) await ownerClient.send(new DeleteObjectCommand({ Bucket, Key }))
    }
  })
}

/** An object that no agent made. */
const PLANTED = 'planted-by-the-demo'

async function tryAsAtHome(
  client: S3Client,
  { bucket: Bucket, purpose }: VendedCredentials,
  home: string,
  foreign: readonly string[],
): Promise<number> {
  const actions: ((prefix: string) => Promise<unknown>)[] = [
    Prefix => client.send(new ListObjectsV2Command({ Bucket, Prefix })),
    prefix => client.send(new GetObjectCommand({ Bucket, Key: prefix + PLANTED })),
    prefix => client.send(new PutObjectCommand({ Bucket, Key: prefix + PLANTED, Body: 'intruder' })),
    prefix => client.send(new DeleteObjectCommand({ Bucket, Key: prefix + PLANTED })),
  ]
  let refused = 0
  for (const action of actions) {
    // What it may not do anywhere proves nothing.
    if (await isRefused(() => action(home))) continue
    for (const prefix of foreign) {
      if (!(await isRefused(() => action(prefix))))
        throw new Error(`A ${purpose} credential reached beyond its own folder.`)
      refused += 1
    }
  }
  if (refused === 0) throw new Error(`A ${purpose} credential may do nothing in its own folder.`)
  return refused
}

async function isRefused(attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt()
    return false
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403) return true
    throw error
  }
}

async function withClient<T>(
  credential: Omit<VendedCredentials, 'sessionToken'> & { readonly sessionToken?: string },
  work: (client: S3Client) => Promise<T>,
): Promise<T> {
  const client = new S3Client({
    region: credential.region,
    forcePathStyle: credential.pathStyle,
    credentials: {
      accessKeyId: credential.accessKeyId,
      secretAccessKey: credential.secretAccessKey,
      ...(credential.sessionToken === undefined ? {} : { sessionToken: credential.sessionToken }),
    },
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
