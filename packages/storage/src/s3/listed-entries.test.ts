import { expect, test } from '@jest/globals'
import { takeEntries } from './listed-entries.ts'

const entry = (key: string, etag = '&quot;d41d8-2&quot;') =>
  `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>${etag}</ETag><Size>7</Size><Owner><ID>x</ID></Owner></Contents>`
const page = (inner: string) =>
  `<?xml version="1.0"?><ListBucketResult><Name>b</Name>${inner}<IsTruncated>false</IsTruncated></ListBucketResult>`

test('the entries of a page are taken out of it, and all else is left', () => {
  const object = { sizeBytes: 7, etag: 'd41d8-2', modifiedAt: new Date('2026-01-02T03:04:05.678Z') }
  expect(takeEntries(page(`${entry('a/%C3%A4+b')}\n${entry('a/c', '"d41d8-2"')}`))).toEqual({
    objects: [
      { encodedKey: 'a/%C3%A4+b', ...object },
      { encodedKey: 'a/c', ...object },
    ],
    remainder: page('\n'),
  })
  expect(takeEntries(page(''))).toEqual({ objects: [], remainder: page('') })
})

test.each([
  ['a key that is not encoded', entry('a&amp;b')],
  ['an empty key', entry('')],
  ['no size', entry('a').replace('<Size>7</Size>', '')],
  ['two sizes', entry('a').replace('<Size>', '<Size>8</Size><Size>')],
  ['an element in the key', entry('a<b/>')],
  ['a time that is none', entry('a').replace('2026-01-02', '2026-99-02')],
  ['a time of another zone', entry('a').replace('678Z', '678+01:00')],
  ['an entry that does not end', entry('a').replace('</Contents>', '')],
  ['an entry with an attribute', entry('a').replace('<Contents>', '<Contents n="1">')],
  ['an entry with a space', entry('a').replace('<Contents>', '<Contents >')],
  ['an entry of a namespace', entry('a').replaceAll('Contents>', 's3:Contents>')],
  ['an empty entry', '<Contents/>'],
  ['a comment', `<!-- ${entry('b')} -->`],
  ['CDATA', `<![CDATA[${entry('b')}]]>`],
])('a page in which there is %s is left to the general reader as a whole', (_, inner) => {
  expect(takeEntries(page(entry('before') + inner + entry('after')))).toBeUndefined()
})
