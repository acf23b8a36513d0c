import { z } from 'zod'
import { CONTENDERS, type Setting } from './contenders.ts'

/** One contender in a process of its own: says when it is ready, runs when told, says when it has ended. */
const Order = z.object({
  name: z.enum(['ours', 'odooWay', 'pgDump', 'restic']),
  setting: z.custom<Setting>(value => typeof value === 'object' && value !== null),
})

const { name, setting } = Order.parse(JSON.parse(process.argv[2] ?? ''))
const contender = await CONTENDERS[name](setting)
await new Promise<void>(resolve => {
  process.once('message', () => resolve())
  process.send?.({ watched: contender.pid ?? process.pid })
})
await contender.run()
await new Promise<void>(resolve => {
  process.once('message', () => resolve())
  process.send?.('done')
})
await contender.close()
process.exit(0)
