import { expect, test } from '@jest/globals'
import { judgeRoom, type RoomNeeded } from './disk-room.ts'

const need = (change: Partial<RoomNeeded>): RoomNeeded => ({
  purpose: 'files',
  neededBytes: 10,
  folder: '/files',
  freeBytes: 15,
  device: 1,
  ...change,
})
const database = need({ purpose: 'database', folder: '/pg' })

test('each need is held against its own disk', () => {
  const decrypting = { purpose: 'decrypting', folder: '/tmp', freeBytes: 9 } as const
  expect(judgeRoom([need({}), need({ ...decrypting, device: 2 })])).toEqual([
    {
      state: 'ok',
      text: { code: 'room_enough', purpose: 'files', neededBytes: 10, folder: '/files', freeBytes: 15 },
    },
    { state: 'fault', text: { code: 'room_lacking', neededBytes: 10, ...decrypting } },
  ])
})

test('what goes to one disk must have room there together', () => {
  const found = judgeRoom([need({}), need({ purpose: 'decrypting', folder: '/tmp' })])
  expect(found.map(({ state }) => state)).toEqual(['ok', 'ok', 'fault'])
  expect(found[2]?.text).toEqual({
    code: 'room_lacking',
    purpose: 'together',
    folder: '/files, /tmp',
    neededBytes: 20,
    freeBytes: 15,
  })
  expect(judgeRoom([need({}), need({ neededBytes: 5 })])).toHaveLength(2)
})

test('what a database takes is an estimate: it warns and refuses nothing, alone and with others', () => {
  expect(judgeRoom([{ ...database, freeBytes: 1 }]).map(({ state }) => state)).toEqual(['warning'])
  expect(judgeRoom([need({}), database]).map(({ state }) => state)).toEqual(['ok', 'ok', 'warning'])
})
