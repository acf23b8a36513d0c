import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { html, safeHref, trusted } from './html.ts'
import { page } from './page.ts'

test('values are escaped, as content and inside attributes', () => {
  expect(html`<p title="${'"><script>'}">${"<b>&'`</b>"}</p>`.toString()).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;&#39;&#96;&lt;/b&gt;</p>',
  )
})

test('templates nest, lists join, and nothing comes of null, undefined and booleans', () => {
  const items = ['<a>', 'b'].map(item => html`<li>${item}</li>`)
  expect(html`<ul>${items}${null}${undefined}${false}${true}${0}</ul>`.toString()).toBe(
    '<ul><li>&lt;a&gt;</li><li>b</li>0</ul>',
  )
})

test('an object that only looks like Html is not let through', () => {
  const forged = { toString: () => '<script>' }
  expect(() =>
    html`${JSON.parse(JSON.stringify({ ...forged, text: '<script>' })).text}`.toString(),
  ).not.toThrow()
  expect(html`${'<script>'}`.toString()).toBe('&lt;script&gt;')
  expect(html`${trusted('<br>')}`.toString()).toBe('<br>')
})

test('no text can leave its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(html`${text}`.toString()).not.toMatch(/[<>"'`]/)
    }),
  )
})

test.each([
  ['https://a.example/x?y=1', 'https://a.example/x?y=1'],
  ['/account', '/account'],
  ['//evil.example', '#'],
  ['/\\evil.example', '#'],
  ['javascript:alert(1)', '#'],
  [' javascript:alert(1)', '#'],
  ['data:text/html,x', '#'],
])('safeHref(%s) is %s', (url, expected) => {
  expect(safeHref(url)).toBe(expected)
})

test('a page is a whole document with language, viewport, a skip link and one heading', () => {
  const text = page({ title: 'A & B', body: html`<p>hello</p>`, nonce: 'abc' })
  expect(text.startsWith('<!doctype html>\n<html lang="en">')).toBe(true)
  expect(text).toContain('<h1>A &amp; B</h1>')
  expect(text).toContain('<style nonce="abc">')
  expect(text.match(/<h1>/g)).toHaveLength(1)
})
