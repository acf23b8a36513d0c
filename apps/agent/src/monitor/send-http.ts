import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { lookupPublic, refusePrivateHost } from './public-address.ts'
import { ReceiverError, receiverFailure } from './receiver-failure.ts'

const TIMEOUT_MS = 15_000

export interface HttpMessage {
  readonly url: string
  /** Sent as JSON by POST; absent: a GET. */
  readonly json?: unknown
  readonly allowPrivateAddresses: boolean
}

/**
 * Sends one request and waits for its status alone. No redirect is followed, whatever it leads to: a webhook that
 * moved is for the administrator to enter anew. Rejects for every status but 2xx, in words for people; the URL, which
 * may be a secret, is in no error.
 */
export async function sendHttp(message: HttpMessage): Promise<void> {
  let status: number
  try {
    status = await statusOf(message)
  } catch (error) {
    throw receiverFailure(error)
  }
  if (status >= 300 && status < 400)
    throw new ReceiverError(
      `The receiver answered with a redirect (${status}). Enter the address that it leads to.`,
    )
  if (status < 200 || status >= 300)
    throw new ReceiverError(`The receiver answered ${status}. Check the address that was entered.`)
}

async function statusOf({ url, json, allowPrivateAddresses }: HttpMessage): Promise<number> {
  const target = new URL(url)
  if (!allowPrivateAddresses) refusePrivateHost(target)
  const body = json === undefined ? undefined : JSON.stringify(json)
  return new Promise((resolve, reject) => {
    const send = target.protocol === 'https:' ? requestHttps : requestHttp
    const outgoing = send(
      target,
      {
        method: body === undefined ? 'GET' : 'POST',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        agent: false,
        ...(allowPrivateAddresses ? {} : { lookup: lookupPublic }),
        headers: {
          'user-agent': 'odoo-backup.sh',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      response => {
        resolve(response.statusCode ?? 0)
        // What is answered is of no use, and may be endless.
        response.destroy()
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
