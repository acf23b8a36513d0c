import { expect, test } from '@jest/globals'
import { readListing } from './listed-objects.ts'

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>'
const TAIL = '<IsTruncated>false</IsTruncated></ListBucketResult>'
const fields = {
  Key: 'shop.2026-01-31_04-00-00.zip',
  LastModified: '2026-01-31T04:00:07.250Z',
  ETag: '&quot;0123456789abcdef0123456789abcdef-3&quot;',
  Size: '25165824',
}
const contents = (change: Partial<Record<keyof typeof fields, string>> = {}, more = '') =>
  `<Contents>${Object.entries({ ...fields, ...change })
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')}${more}</Contents>`
const listing = (...objects: string[]) => HEAD + objects.join('') + TAIL

test('the objects are read, in their order, and everything else is left', () => {
  const owner = '<Owner><ID>o</ID><DisplayName>Key</DisplayName></Owner><StorageClass>STANDARD</StorageClass>'
  const groups = '<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>'
  expect(readListing(listing(contents({}, owner), groups, contents({ Key: 'b%26', Size: '0' })))).toEqual({
    objects: [
      {
        Key: fields.Key,
        LastModified: new Date('2026-01-31T04:00:07.250Z'),
        ETag: '"0123456789abcdef0123456789abcdef-3"',
        Size: 25165824,
      },
      {
        Key: 'b%26',
        LastModified: new Date('2026-01-31T04:00:07.250Z'),
        ETag: '"0123456789abcdef0123456789abcdef-3"',
        Size: 0,
      },
    ],
    rest: HEAD + groups + TAIL,
  })
  expect(readListing(listing())).toEqual({ objects: [], rest: listing() })
})

test('characters that XML writes otherwise are what they stand for', () => {
  const read = readListing(listing(contents({ Key: 'a&amp;lt;&lt;&gt;&apos;&#233;&#x1F4A9;' })))
  expect(read?.objects[0]?.Key).toBe("a&lt;<>'é💩")
})

test.each([
  ['an answer that is cut', listing(contents()).slice(0, -10)],
  ['an object that is cut', `${HEAD}${contents().slice(0, -11)}${TAIL}`],
  ['a field that is missing', listing(contents().replace(/<Size>.*<\/Size>/, ''))],
  ['a field that comes twice', listing(contents({}, '<Size>1</Size>'))],
  ['a size that is no number', listing(contents({ Size: '1e3' }))],
  ['a size that is too large to be exact', listing(contents({ Size: '9007199254740993' }))],
  ['a time that is none', listing(contents({ LastModified: 'yesterday' }))],
  ['a time that is written otherwise', listing(contents({ LastModified: '1' }))],
  ['an element in a field', listing(contents({ Key: 'a<b/>' }))],
  ['an entity of one’s own', listing(contents({ Key: 'a&own;' }))],
  ['a character that is none', listing(contents({ Key: 'a&#x110000;' }))],
  ['character data', listing(contents({ Key: '<![CDATA[a]]>' }))],
  ['a comment', listing('<!-- <Contents> -->', contents())],
  ['objects by another prefix', listing(contents(), '<s3:Contents></s3:Contents>')],
  ['another answer', '<Error><Code>SlowDown</Code></Error>'],
])('%s is left to a reader of all of XML', (_, xml) => {
  expect(readListing(xml)).toBeUndefined()
})
