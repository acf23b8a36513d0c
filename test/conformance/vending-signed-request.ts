import { createHash, createHmac } from 'node:crypto'
import { request } from 'node:http'
import { SignatureV4 } from '@smithy/signature-v4'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** One request as it goes over the wire: nothing in `path` is decoded, encoded or tidied on the way. */
export interface SignedCall {
  readonly method: string
  /** Encoded already, such as `/bucket/42/%2e%2e/x`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The service that the signature names; `s3` by default. */
  readonly service?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

class Sha256 {
  readonly #hash

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest())
  }

  reset(): void {
    throw new Error('A hash of one request is used once.')
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Signs (AWS signature version 4) and sends; resolves with whatever is answered. */
export async function sendSigned(
  endpoint: string,
  region: string,
  keys: Keys,
  call: SignedCall,
): Promise<Answer> {
  const { hostname, port, host } = new URL(endpoint)
  const signer = new SignatureV4({
    credentials: keys,
    region,
    service: call.service ?? 's3',
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: true,
  })
  const body = call.body ?? ''
  const signed = await signer.sign({
    method: call.method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: call.path,
    query: { ...call.query },
    headers: {
      host,
      ...call.headers,
      ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    body,
  })
  const query = Object.entries(call.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        // A connection of its own: a kept one may be closed by the store at the very moment of its next use.
        agent: false,
        hostname,
        port,
        method: call.method,
        path: query === '' ? call.path : `${call.path}?${query}`,
        headers: signed.headers,
      },
      response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    // Ceph answers a NUL in a name with a body that has no headers: that is an answer too, and a refusal.
    sent.on('error', (error: Error & { rawPacket?: Buffer }) =>
      error.rawPacket === undefined
        ? reject(error)
        : resolve({ status: 400, headers: {}, text: error.rawPacket.toString('utf8') }),
    )
    sent.end(body)
  })
}
