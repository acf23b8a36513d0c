import { expect, test } from '@jest/globals'
import { completedMark, homeMark, isAnotherHome } from './home.ts'

const here = { machine: 'a'.repeat(32), cluster: '7712369629800967050' }
const mark = homeMark(here)

test('another machine is another home, and so is another cluster', () => {
  expect(isAnotherHome(mark, homeMark(here))).toBe(false)
  expect(isAnotherHome(mark, homeMark({ ...here, machine: 'b'.repeat(32) }))).toBe(true)
  expect(isAnotherHome(mark, homeMark({ ...here, cluster: '1' }))).toBe(true)
})

test('what is not known, on either side, makes no other home', () => {
  const inContainer = homeMark({ ...here, machine: undefined })
  expect(isAnotherHome(mark, inContainer)).toBe(false)
  expect(isAnotherHome(inContainer, mark)).toBe(false)
  expect(isAnotherHome(mark, homeMark({ machine: undefined, cluster: '1' }))).toBe(true)
})

test('a mark is completed by what is learnt later, and loses nothing by what is not', () => {
  const inContainer = homeMark({ ...here, machine: undefined })
  expect(completedMark(inContainer, mark)).toBe(mark)
  expect(completedMark(mark, inContainer)).toBe(mark)
})

test('a mark tells neither the id of the machine nor that of the cluster', () => {
  expect(mark).toMatch(/^[0-9a-f]{12}\.[0-9a-f]{12}$/)
  expect(mark).not.toContain('aaaa')
  expect(homeMark({ machine: undefined, cluster: undefined })).toBe('-.-')
})
