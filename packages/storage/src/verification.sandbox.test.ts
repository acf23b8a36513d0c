import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import { faultyBucket, isComplete, isList } from '../../../test/fixtures/faulty-bucket.ts'
import { verifyByListing } from './verification.ts'

const MIB = 1024 * 1024
const body = randomBytes(12 * MIB)
const bucket = faultyBucket()
const { direct, faulty, prefix } = bucket

afterEach(() => bucket.closeProxies())
afterAll(() => bucket.close())

test('Where the ETag is no MD5, the checksum that the store returned is the proof, and without one there is none.', async () => {
  const key = `${prefix}kms`
  const sent = await direct.put(key, Buffer.from('encrypted at rest'))
  const listing = {
    list: async function* () {
      yield { key, sizeBytes: sent.sizeBytes, etag: 'not-an-md5', modifiedAt: new Date() }
    },
  }
  await expect(verifyByListing(listing, sent)).rejects.toMatchObject({
    code: 'upload_corrupt',
    retryable: true,
  })
  await expect(verifyByListing(listing, { ...sent, storeEtag: 'not-an-md5' })).rejects.toMatchObject({
    code: 'upload_corrupt',
    message: expect.stringContaining('Switch its checksums on'),
    retryable: false,
  })
  const confirmed = { ...sent, storeEtag: 'not-an-md5', checksumConfirmed: true }
  expect((await verifyByListing(listing, confirmed)).etag).toBe('not-an-md5')
  await expect(verifyByListing(listing, { ...confirmed, storeEtag: 'older' })).rejects.toMatchObject({
    code: 'upload_corrupt',
  })
  await expect(verifyByListing(listing, { ...confirmed, sizeBytes: 1 })).rejects.toMatchObject({
    code: 'upload_corrupt',
  })
})

test('At a store whose ETags are no MD5s, the checksums that it returns prove an upload, large and small.', async () => {
  const parts = new Map<number, string>()
  const other = (xml: string) => xml.replace(/<ETag>[^<]*<\/ETag>/g, '<ETag>"aws-kms"</ETag>')
  const { storage } = await faulty(
    request => {
      const { method, query, headers } = request
      if (isList(request)) return { kind: 'rewrite', body: other }
      const checksum = String(headers['x-amz-checksum-sha256'])
      if (method === 'PUT') {
        parts.set(Number(query.get('partNumber')), checksum)
        return {
          kind: 'rewrite',
          headers: query.has('partNumber') ? {} : { etag: '"aws-kms"', 'x-amz-checksum-sha256': checksum },
        }
      }
      if (!isComplete(request)) return undefined
      const hash = createHash('sha256')
      for (const number of [1, 2, 3]) hash.update(Buffer.from(parts.get(number) ?? '', 'base64'))
      const composite = `<ChecksumSHA256>${hash.digest('base64')}-3</ChecksumSHA256></CompleteMultipartUploadResult>`
      return {
        kind: 'rewrite',
        body: xml =>
          other(xml.replace(/<ETag\s*\/>/, '<ETag></ETag>')).replace(
            '</CompleteMultipartUploadResult>',
            composite,
          ),
      }
    },
    { checksums: true },
  )
  for (const content of [body, Buffer.from('small')]) {
    const sent = await storage.put(`${prefix}kms-store`, content)
    expect(sent).toMatchObject({ storeEtag: 'aws-kms', checksumConfirmed: true })
    expect(sent.expectedEtag).not.toBe('aws-kms')
    await verifyByListing(storage, sent)
  }
})
