import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import type { Agent } from '../operations.ts'

/** Sends a stored archive as it is stored; whether the reader may have it is for the caller to ask. */
export async function sendBackup(
  agent: Pick<Agent, 'openBackup'>,
  name: string,
  response: Response,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { body, fileName, sizeBytes } = await agent.openBackup(name, { signal: gone.signal })
  response.attachment(fileName).type('application/octet-stream').set('cache-control', 'no-store')
  if (sizeBytes !== undefined) response.set('content-length', String(sizeBytes))
  // A body that breaks off ends the connection: with its length announced nobody takes it for whole.
  await pipeline(body, response).catch(() => response.destroy())
}
