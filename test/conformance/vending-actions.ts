import { createHash } from 'node:crypto'
import type { Purpose } from '@odoo-backup/protocol'
import type { SignedCall } from './vending-signed-request.ts'

/** Where an action is tried. All of it is raw: nothing is encoded or tidied on the way. */
export interface Target {
  readonly name: string
  /** Whether it lies in the credential's own folder. */
  readonly own: boolean
  /** Encoded, without the bucket. */
  readonly key: string
  readonly prefix: string
  /** Two open uploads: one to go on with, one to abort. */
  readonly uploadId: string
  readonly abortId: string
  readonly versionId: string
  /** `/bucket/key` of an object of the same place, for copies. */
  readonly copySource: string
}

export interface Action {
  readonly name: string
  /** The purposes that together grant it in the own folder; absent: nothing ever does. */
  readonly needs?: readonly Purpose[]
  /** Some stores refuse it all the same; nothing of ours needs it. */
  readonly mayBeRefused?: boolean
  /** Only refusals are asked for: Ceph 16 falls over when two such requests that it grants meet. */
  readonly onlyWhereRefused?: boolean
  call(bucket: string, target: Target, own: Target): SignedCall
}

const md5 = (body: string) => ({ 'content-md5': createHash('md5').update(body).digest('base64') })

function onObject(name: string, method: string, options: ObjectAction = {}): Action {
  const { needs, query = {}, body, headers } = options
  return {
    name,
    ...(needs === undefined ? {} : { needs }),
    call: (bucket, target) => ({
      method,
      path: `/${bucket}/${target.key}`,
      query: fill(query, target),
      ...(body === undefined ? {} : { body }),
      headers: { ...(body === undefined ? {} : md5(body)), ...headers },
    }),
  }
}

interface ObjectAction {
  readonly needs?: readonly Purpose[]
  /** `$uploadId`, `$abortId`, `$versionId` and `$prefix` stand for those of the target. */
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

function onBucket(name: string, method: string, options: ObjectAction = {}): Action {
  const action = onObject(name, method, options)
  return {
    ...action,
    call: (bucket, target, own) => ({ ...action.call(bucket, target, own), path: `/${bucket}` }),
  }
}

function fill(query: Readonly<Record<string, string>>, target: Target): Record<string, string> {
  const known: Readonly<Record<string, string>> = {
    $uploadId: target.uploadId,
    $abortId: target.abortId,
    $versionId: target.versionId,
    $prefix: target.prefix,
  }
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, known[value] ?? value]))
}

const PART = 'part'
const aclBody =
  '<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>owner</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>'
const tagBody = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>'
const openPolicy = (bucket: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      },
    ],
  })

/** Copies from the target into the own folder: the way by which another account's bytes would come out. */
function copyFrom(name: string, query: Readonly<Record<string, string>>, needs?: readonly Purpose[]): Action {
  return {
    name,
    ...(needs === undefined ? {} : { needs }),
    call: (bucket, target, own) => ({
      method: 'PUT',
      path: `/${bucket}/${own.key}${'partNumber' in query ? '' : '-copied'}`,
      query: fill(query, own),
      headers: { 'x-amz-copy-source': target.copySource },
    }),
  }
}

/** Copies an old version, which no purpose may read, into the own folder. */
function copyVersion(): Action {
  return {
    name: 'CopyObject from a version',
    call: (bucket, target, own) => ({
      method: 'PUT',
      path: `/${bucket}/${own.key}-copied-version`,
      headers: { 'x-amz-copy-source': `${target.copySource}?versionId=${target.versionId}` },
    }),
  }
}

/** Copies an own object to the target: the way by which another account's backup would be replaced. */
function copyTo(name: string, needs?: readonly Purpose[]): Action {
  return {
    name,
    ...(needs === undefined ? {} : { needs }),
    call: (bucket, target, own) => ({
      method: 'PUT',
      // A copy onto itself is refused for that alone.
      path: `/${bucket}/${target.key}${target.own ? '-beside' : ''}`,
      headers: { 'x-amz-copy-source': own.copySource },
    }),
  }
}

/** A select of all rows: a way to read what is stored. Ceph 16 calls the object `stdin`. */
export const SELECT = {
  method: 'POST',
  query: { select: '', 'select-type': '2' },
  body: '<SelectObjectContentRequest><Expression>select * from stdin;</Expression><ExpressionType>SQL</ExpressionType><InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/></OutputSerialization></SelectObjectContentRequest>',
} as const

/**
 * Every action that S3 knows, as far as a store may answer it; what removes something stands last. Two that the gateway
 * of Ceph 16 bears only one after the other are apart: uploads by a browser's form, and selecting where it is granted
 * (`vending-fragile-actions.test.ts`).
 */
export const ACTIONS: readonly Action[] = [
  // Reading objects.
  onObject('GetObject', 'GET', { needs: ['restore'] }),
  onObject('GetObject of a range', 'GET', { needs: ['restore'], headers: { range: 'bytes=0-3' } }),
  onObject('HeadObject', 'HEAD', { needs: ['restore'] }),
  onObject('GetObject of a version', 'GET', { query: { versionId: '$versionId' } }),
  onObject('HeadObject of a version', 'HEAD', { query: { versionId: '$versionId' } }),
  onObject('GetObjectAcl', 'GET', { query: { acl: '' } }),
  onObject('GetObjectTagging', 'GET', { query: { tagging: '' } }),
  onObject('GetObjectRetention', 'GET', { query: { retention: '' } }),
  onObject('GetObjectLegalHold', 'GET', { query: { 'legal-hold': '' } }),
  {
    // A right of its own at Amazon; a store that does not know it takes it for GetObject.
    ...onObject('GetObjectAttributes', 'GET', {
      needs: ['restore'],
      query: { attributes: '' },
      headers: { 'x-amz-object-attributes': 'ETag,ObjectSize' },
    }),
    mayBeRefused: true,
  },
  // A way to read: S3 asks for the right to get the object.
  {
    ...onObject('SelectObjectContent', 'POST', {
      needs: ['restore'],
      query: SELECT.query,
      body: SELECT.body,
    }),
    onlyWhereRefused: true,
  },
  // Listing.
  onBucket('ListObjects', 'GET', { needs: [], query: { prefix: '$prefix' } }),
  onBucket('ListObjectsV2', 'GET', { needs: [], query: { 'list-type': '2', prefix: '$prefix' } }),
  onBucket('ListObjects with a delimiter', 'GET', {
    needs: [],
    query: { prefix: '$prefix', delimiter: '/' },
  }),
  onBucket('ListObjects of the whole bucket', 'GET', {}),
  onBucket('ListObjects of the top folders', 'GET', { query: { prefix: '', delimiter: '/' } }),
  onBucket('ListObjectsV2 of the whole bucket', 'GET', { query: { 'list-type': '2' } }),
  onBucket('ListObjectVersions', 'GET', { query: { versions: '', prefix: '$prefix' } }),
  onBucket('ListMultipartUploads', 'GET', { query: { uploads: '' } }),
  onBucket('ListMultipartUploads of the folder', 'GET', { query: { uploads: '', prefix: '$prefix' } }),
  onBucket('HeadBucket', 'HEAD'),
  { name: 'ListBuckets', call: () => ({ method: 'GET', path: '/' }) },
  // The bucket's own settings.
  ...[
    'location',
    'acl',
    'policy',
    'policyStatus',
    'versioning',
    'lifecycle',
    'notification',
    'cors',
    'website',
    'tagging',
    'encryption',
    'logging',
    'replication',
    'object-lock',
    'publicAccessBlock',
    'inventory',
    'analytics',
    'metrics',
    'intelligent-tiering',
    'accelerate',
    'requestPayment',
    'ownershipControls',
  ].map(part => onBucket(`GetBucket ${part}`, 'GET', { query: { [part]: '' } })),
  onBucket('PutBucketAcl', 'PUT', { query: { acl: '' }, body: aclBody }),
  {
    name: 'PutBucketPolicy',
    call: bucket => ({ method: 'PUT', path: `/${bucket}`, query: { policy: '' }, body: openPolicy(bucket) }),
  },
  onBucket('PutBucketVersioning', 'PUT', {
    query: { versioning: '' },
    body: '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>',
  }),
  onBucket('PutBucketLifecycle', 'PUT', {
    query: { lifecycle: '' },
    body: '<LifecycleConfiguration><Rule><ID>x</ID><Prefix></Prefix><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>',
  }),
  onBucket('PutBucketNotification', 'PUT', {
    query: { notification: '' },
    body: '<NotificationConfiguration><TopicConfiguration><Id>x</Id><Topic>arn:aws:sns:default::x</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration></NotificationConfiguration>',
  }),
  onBucket('PutBucketCors', 'PUT', {
    query: { cors: '' },
    body: '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>',
  }),
  onBucket('PutBucketWebsite', 'PUT', {
    query: { website: '' },
    body: '<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>',
  }),
  onBucket('PutBucketTagging', 'PUT', { query: { tagging: '' }, body: tagBody }),
  ...[
    ['encryption', '<ServerSideEncryptionConfiguration/>'],
    ['logging', '<BucketLoggingStatus/>'],
    ['replication', '<ReplicationConfiguration/>'],
    ['object-lock', '<ObjectLockConfiguration/>'],
    ['publicAccessBlock', '<PublicAccessBlockConfiguration/>'],
    ['inventory', '<InventoryConfiguration/>'],
    ['analytics', '<AnalyticsConfiguration/>'],
    ['metrics', '<MetricsConfiguration/>'],
    ['intelligent-tiering', '<IntelligentTieringConfiguration/>'],
    ['accelerate', '<AccelerateConfiguration/>'],
    ['requestPayment', '<RequestPaymentConfiguration/>'],
    ['ownershipControls', '<OwnershipControls/>'],
  ].map(([part = '', body = '']) =>
    onBucket(`PutBucket ${part}`, 'PUT', { query: { [part]: '', id: 'x' }, body }),
  ),
  { name: 'CreateBucket', call: bucket => ({ method: 'PUT', path: `/${bucket}-of-the-matrix` }) },
  onBucket('DeleteBucketPolicy', 'DELETE', { query: { policy: '' } }),
  onBucket('DeleteBucketLifecycle', 'DELETE', { query: { lifecycle: '' } }),
  onBucket('DeleteBucketNotification', 'DELETE', { query: { notification: '' } }),
  onBucket('DeleteBucketCors', 'DELETE', { query: { cors: '' } }),
  onBucket('DeleteBucketTagging', 'DELETE', { query: { tagging: '' } }),
  // Changing objects without their content.
  onObject('PutObjectAcl', 'PUT', { query: { acl: '' }, body: aclBody }),
  onObject('PutObjectTagging', 'PUT', { query: { tagging: '' }, body: tagBody }),
  onObject('DeleteObjectTagging', 'DELETE', { query: { tagging: '' } }),
  onObject('PutObjectRetention', 'PUT', {
    query: { retention: '' },
    body: '<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2036-01-01T00:00:00Z</RetainUntilDate></Retention>',
  }),
  onObject('PutObjectLegalHold', 'PUT', {
    query: { 'legal-hold': '' },
    body: '<LegalHold><Status>ON</Status></LegalHold>',
  }),
  onObject('RestoreObject', 'POST', {
    query: { restore: '' },
    body: '<RestoreRequest><Days>1</Days></RestoreRequest>',
  }),
  // Copying needs both to read and to write.
  copyFrom('CopyObject from', {}, ['backup', 'restore']),
  copyVersion(),
  {
    ...copyFrom('UploadPartCopy from', { partNumber: '2', uploadId: '$uploadId' }, ['backup', 'restore']),
    mayBeRefused: true,
  },
  copyTo('CopyObject to', ['backup', 'restore']),
  // Writing.
  onObject('PutObject', 'PUT', { needs: ['backup'], body: 'written' }),
  onObject('CreateMultipartUpload', 'POST', { needs: ['backup'], query: { uploads: '' } }),
  onObject('UploadPart', 'PUT', {
    needs: ['backup'],
    query: { partNumber: '1', uploadId: '$uploadId' },
    body: PART,
  }),
  onObject('ListParts', 'GET', { needs: ['backup'], query: { uploadId: '$uploadId' } }),
  onObject('CompleteMultipartUpload', 'POST', {
    needs: ['backup'],
    query: { uploadId: '$uploadId' },
    body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"${createHash('md5').update(PART).digest('hex')}"</ETag></Part></CompleteMultipartUpload>`,
  }),
  onObject('AbortMultipartUpload', 'DELETE', { needs: ['backup'], query: { uploadId: '$abortId' } }),
  // Removing.
  onObject('DeleteObject of a version', 'DELETE', { query: { versionId: '$versionId' } }),
  {
    name: 'DeleteObjects',
    call(bucket, target) {
      const body = `<Delete><Object><Key>${decodeURIComponent(target.key).replaceAll('&', '&amp;')}</Key></Object></Delete>`
      return { method: 'POST', path: `/${bucket}`, query: { delete: '' }, body, headers: md5(body) }
    },
  },
  onObject('DeleteObject', 'DELETE', { needs: ['rotate'] }),
  onBucket('DeleteBucket', 'DELETE'),
]
