import { randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Purpose } from '@odoo-backup/protocol'
import { ACTIONS, type Action, type Target } from './vending-actions.ts'
import { type Answer, type Keys, type SignedCall, sendSigned } from './vending-signed-request.ts'

/** Whose backups the attempts are after: planted beside the folder of the credential. */
const CANARY = `canary-${randomBytes(8).toString('hex')}`
const REFUSALS = [403, 404, 405, 501]

export interface MatrixStore {
  readonly bucket: string
  readonly region: string
  /** Every address at which the credential can reach S3. */
  readonly endpoints: readonly string[]
  /** Of the bucket's owner. */
  readonly owner: S3Client
}

export interface MatrixCredential {
  readonly folder: string
  readonly purposes: readonly Purpose[]
  readonly keys: Keys
}

/**
 * Tries every action with the credential on its own folder and on all others, and returns what was not as it
 * must be, one sentence each: granted is 2xx; all else is 403, 404, 405 or 501 and shows no name and no byte of
 * another account. Afterwards everything that others own must be as it was.
 */
export async function tryMatrix(store: MatrixStore, credential: MatrixCredential): Promise<string[]> {
  const faults: string[] = []
  for (const endpoint of store.endpoints) {
    const own = await plant(store, ownPlace(credential.folder))
    const others = await Promise.all(otherPlaces(credential.folder).map(place => plant(store, place)))
    const tried = await Promise.all(
      others.map(target => tryActions(store, endpoint, credential, target, own)),
    )
    faults.push(...tried.flat())
    // Last, since it ends with the removal of what the attempts on others copy from.
    faults.push(...(await tryActions(store, endpoint, credential, own, own)))
    faults.push(
      ...(await trySpellings(store, endpoint, credential, others.slice(0, 2))),
      ...(await changed(store, others)),
    )
    for (const target of [own, ...others]) await uproot(store, target)
  }
  return faults
}

/** In their order: what removes something stands last. */
async function tryActions(
  { bucket, region }: MatrixStore,
  endpoint: string,
  { keys, purposes }: MatrixCredential,
  target: Target,
  own: Target,
): Promise<string[]> {
  const faults: string[] = []
  for (const action of ACTIONS) {
    if (action.onlyWhereRefused && isGranted(action, target, purposes)) continue
    const answer = await sendSigned(endpoint, region, keys, action.call(bucket, target, own))
    const fault = judge(action, target, purposes, answer)
    if (fault !== undefined)
      faults.push(`${purposes.join('+')} at ${endpoint}: ${action.name} on ${target.name}: ${fault}`)
  }
  return faults
}

function isGranted({ needs }: Action, target: Target, purposes: readonly Purpose[]): boolean {
  return target.own && (needs?.every(purpose => purposes.includes(purpose)) ?? false)
}

function judge(
  action: Action,
  target: Target,
  purposes: readonly Purpose[],
  answer: Answer,
): string | undefined {
  if (`${answer.text}${JSON.stringify(answer.headers)}`.includes(CANARY))
    return `shows what is another's (${answer.status})`
  if (isGranted(action, target, purposes) && !(action.mayBeRefused && REFUSALS.includes(answer.status)))
    return answer.status >= 200 && answer.status < 300
      ? undefined
      : `granted, but ${answer.status} ${answer.text}`
  return REFUSALS.includes(answer.status)
    ? undefined
    : `not granted, but ${answer.status} ${answer.text.slice(0, 300)}`
}

/** Ways to write a path that a careless store would resolve to the folder of somebody else. */
const SPELLINGS: readonly ((folder: string, key: string) => string)[] = [
  (folder, key) => `${folder}/../${key}`,
  (folder, key) => `${folder}/%2e%2e/${key}`,
  (folder, key) => `${folder}/%2E%2E%2F${key}`,
  (folder, key) => `${folder}%2f..%2f${key}`,
  (folder, key) => `${folder}/%252e%252e/${key}`,
  (folder, key) => `${folder}//../../${key}`,
  (folder, key) => `${folder}/..%5c${key}`,
  (folder, key) => `${folder}/./../${key}`,
  (folder, key) => `${folder}/%00/../${key}`,
]

/** Ways that lead out of the own folder even where nothing is resolved: always refused. */
const OUTSIDE: readonly ((folder: string, key: string) => string)[] = [
  (_folder, key) => `./${key}`,
  (_folder, key) => `/${key}`,
  (_folder, key) => `%2f${key}`,
]
/** A spelling may also be refused as malformed. */
const MALFORMED = 400

/**
 * A spelling that is not resolved names a strange object of the own folder, so it may succeed there; what counts
 * is that nothing of others is shown, and (looked at afterwards) nothing of theirs is changed.
 */
async function trySpellings(
  { bucket, region }: MatrixStore,
  endpoint: string,
  { folder, purposes, keys }: MatrixCredential,
  others: readonly Target[],
): Promise<string[]> {
  const tried = others.flatMap(({ key, prefix }, place) =>
    [...SPELLINGS, ...OUTSIDE].map(async (spell, spelling) => {
      const isOutside = OUTSIDE.includes(spell)
      const faults: string[] = []
      const path = `/${bucket}/${spell(folder, key)}`
      const stolenTo = `/${bucket}/${folder}/stolen-${place}-${spelling}`
      const list = (query: Record<string, string>) => ({ method: 'GET', path: `/${bucket}`, query })
      const calls: SignedCall[] = [
        { method: 'GET', path },
        { method: 'HEAD', path },
        { method: 'PUT', path, body: 'overwritten' },
        { method: 'DELETE', path },
        list({ prefix: spell(folder, prefix) }),
        list({ prefix: decodeURIComponent(spell(folder, prefix)) }),
        { method: 'PUT', path: stolenTo, headers: { 'x-amz-copy-source': path } },
      ]
      for (const call of calls) {
        const { status, text } = await sendSigned(endpoint, region, keys, call)
        const what = `${purposes.join('+')}: ${call.method} ${call.path} ${JSON.stringify(call.query ?? {})}`
        // A list is not asked for the name of the canary, so that no answer has it from the question; but strange
        // objects of the own folder, which the attempts before have written, carry it too.
        const isList = call.query !== undefined
        const shown = isList
          ? text.replaceAll(`<Key>${folder}/`, '<Key>own/').replaceAll(/<Key>own\/[^<]*/g, '')
          : text
        const canary = isList ? CANARY : `${CANARY} bytes`
        if (shown.includes(canary)) faults.push(`${what} shows what is another's (${status})`)
        if (isOutside && ![...REFUSALS, MALFORMED].includes(status))
          faults.push(`${what} is answered ${status}`)
      }
      const stolen = await sendSigned(endpoint, region, keys, { method: 'GET', path: stolenTo })
      if (stolen.text.includes(CANARY)) faults.push(`${purposes.join('+')}: ${path} was copied out`)
      return faults
    }),
  )
  return (await Promise.all(tried)).flat()
}

interface Place {
  readonly name: string
  readonly own: boolean
  /** As stored. */
  readonly key: string
  readonly prefix: string
}

function ownPlace(folder: string): Place {
  return { name: 'the own folder', own: true, key: `${folder}/db.zip`, prefix: `${folder}/` }
}

/**
 * The places of others. A spelling with dots that a store resolved would land at the object that is planted
 * there; one that does not resolve it takes it for a name within the own folder, where nothing is found.
 */
function otherPlaces(folder: string): Place[] {
  const neighbour = `${BigInt(`1${folder.replace(/\D/g, '')}`) + 1n}`.slice(0, 20)
  const secret = `${CANARY}.zip`
  return [
    { name: 'another folder', own: false, key: `${neighbour}/${secret}`, prefix: `${neighbour}/` },
    {
      name: 'a folder that begins with the own id',
      own: false,
      key: `${folder}0/${secret}`,
      prefix: `${folder}0`,
    },
    { name: 'the own id without its slash', own: false, key: `${folder}1/${secret}`, prefix: folder },
    { name: 'the root', own: false, key: secret, prefix: '' },
    { name: 'a wildcard', own: false, key: `${neighbour}2/${secret}`, prefix: '*' },
    {
      name: 'a question mark',
      own: false,
      key: `${neighbour}3/${secret}`,
      prefix: `${neighbour.slice(0, -1)}?/`,
    },
  ]
}

async function plant(store: MatrixStore, { name, own, key, prefix }: Place): Promise<Target> {
  const at = { Bucket: store.bucket, Key: key }
  const put = await store.owner.send(
    new PutObjectCommand({ ...at, Body: own ? 'own bytes' : `${CANARY} bytes` }),
  )
  const [first, second] = [
    await store.owner.send(new CreateMultipartUploadCommand(at)),
    await store.owner.send(new CreateMultipartUploadCommand(at)),
  ]
  return {
    name,
    own,
    key,
    prefix,
    uploadId: first.UploadId ?? '',
    abortId: second.UploadId ?? '',
    versionId: put.VersionId ?? 'null',
    copySource: `/${store.bucket}/${key}`,
  }
}

/** What of the others' is no longer as it was planted. */
async function changed({ owner, bucket }: MatrixStore, others: readonly Target[]): Promise<string[]> {
  const faults: string[] = []
  for (const { name, key, uploadId, abortId, versionId } of others) {
    const versions = await owner.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }))
    const ids = [...(versions.Versions ?? []), ...(versions.DeleteMarkers ?? [])].map(
      version => version.VersionId,
    )
    if (ids.length !== 1 || ids[0] !== versionId) faults.push(`the object in ${name} was changed`)
    const body = await (
      await owner.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    ).Body?.transformToString()
    if (body !== `${CANARY} bytes`) faults.push(`the bytes in ${name} were changed`)
    const open = await owner.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }))
    const uploads = (open.Uploads ?? []).map(upload => upload.UploadId)
    if (!uploads.includes(uploadId) || !uploads.includes(abortId))
      faults.push(`an upload in ${name} was ended`)
  }
  return faults
}

async function uproot({ owner, bucket }: MatrixStore, { own, key, prefix }: Target): Promise<void> {
  const Prefix = own ? prefix : key
  const versions = await owner.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix }))
  for (const { Key, VersionId } of [...(versions.Versions ?? []), ...(versions.DeleteMarkers ?? [])])
    await owner.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }))
  const open = await owner.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix }))
  for (const { Key, UploadId } of open.Uploads ?? [])
    await owner.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
}
