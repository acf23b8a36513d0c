import { AgentError } from '../errors.ts'

/** A network mount that is gone never answers, and never fails either: after `patienceMs` it counts as away. */
export async function within<Value>(promise: Promise<Value>, patienceMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const seconds = Math.max(1, Math.round(patienceMs / 1000))
    const error = new AgentError('storage_unreachable', `It has not answered within ${seconds} seconds.`)
    timer = setTimeout(() => reject(error), patienceMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
