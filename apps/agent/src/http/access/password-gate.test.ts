import { expect, test } from '@jest/globals'
import { createPasswordGate } from './password-gate.ts'

const wrong = async () => false
const right = async () => true
const FORGIVES = { rightForgives: true }

test('after too many wrong passwords even the right one is not judged', async () => {
  const gate = createPasswordGate(FORGIVES, { perVisitor: 2, together: 100 })
  expect(await gate.attempt('192.0.2.1', wrong)).toBe(false)
  expect(await gate.attempt('192.0.2.1', wrong)).toBe(false)
  let judged = false
  const attempt = gate.attempt('192.0.2.1', async () => {
    judged = true
    return true
  })
  await expect(attempt).rejects.toMatchObject({ code: 'too_many_attempts', status: 429 })
  expect(judged).toBe(false)
  expect(await gate.attempt('192.0.2.2', right)).toBe(true)
})

test('guesses made at once count as much as guesses made in turn', async () => {
  const gate = createPasswordGate(FORGIVES, { perVisitor: 3, together: 100 })
  let judged = 0
  const attempts = Array.from({ length: 20 }, () =>
    gate.attempt('192.0.2.1', async () => {
      judged += 1
      return false
    }),
  )
  await Promise.allSettled(attempts)
  expect(judged).toBe(3)
})

test('the right password forgives earlier slips, and a check that could not be made is none', async () => {
  const gate = createPasswordGate(FORGIVES, { perVisitor: 2, together: 100 })
  const broken = async () => {
    throw new Error('Odoo is down')
  }
  for (let round = 0; round < 5; round += 1) {
    expect(await gate.attempt('192.0.2.1', wrong)).toBe(false)
    expect(await gate.attempt('192.0.2.1', right)).toBe(true)
    await expect(gate.attempt('192.0.2.1', broken)).rejects.toThrow('Odoo is down')
  }
})

test('where there are many log-ins, a right one costs nothing and forgives nothing', async () => {
  const gate = createPasswordGate({ rightForgives: false }, { perVisitor: 2, together: 100 })
  for (const outcome of [wrong, right, right, right, wrong]) await gate.attempt('192.0.2.1', outcome)
  await expect(gate.attempt('192.0.2.1', right)).rejects.toMatchObject({ code: 'too_many_attempts' })
})

test('all addresses of one IPv6 network are one visitor, and so is an IPv4 address written as IPv6', async () => {
  const gate = createPasswordGate(FORGIVES, { perVisitor: 1, together: 100 })
  await gate.attempt('2001:db8:1:2::1', wrong)
  await expect(gate.attempt('2001:db8:1:2:ffff::9', right)).rejects.toMatchObject({
    code: 'too_many_attempts',
  })
  expect(await gate.attempt('2001:db8:1:3::1', right)).toBe(true)
  await gate.attempt('192.0.2.9', wrong)
  await expect(gate.attempt('::ffff:192.0.2.9', right)).rejects.toMatchObject({ code: 'too_many_attempts' })
})

test('guessing from many addresses shuts everybody out for a while', async () => {
  const gate = createPasswordGate(FORGIVES, { perVisitor: 10, together: 3 })
  for (const host of [1, 2, 3]) await gate.attempt(`192.0.2.${host}`, wrong)
  await expect(gate.attempt('192.0.2.4', right)).rejects.toMatchObject({ code: 'too_many_attempts' })
})
