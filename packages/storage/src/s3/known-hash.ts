import type { S3Client } from '@aws-sdk/client-s3'

/** Hexadecimal SHA-256 of the bodies of requests on their way. */
const knownHashes = new WeakMap<object, string>()

/** Notes the SHA-256 of a body that is about to be sent. */
export function rememberHash(body: object, sha256: Buffer): void {
  knownHashes.set(body, sha256.toString('hex'))
}

/**
 * Signs a body by the SHA-256 that is known already. The SDK would hash a buffer a second time, and would send
 * a stream unsigned.
 */
export function signByKnownHash(client: S3Client): void {
  client.middlewareStack.add(
    next => args => {
      const body: unknown = Reflect.get(args.input, 'Body')
      const hash = typeof body === 'object' && body !== null ? knownHashes.get(body) : undefined
      const { request } = args
      if (hash !== undefined && typeof request === 'object' && request !== null && 'headers' in request) {
        request.headers = Object.assign({}, request.headers, { 'x-amz-content-sha256': hash })
      }
      return next(args)
    },
    { step: 'build', name: 'signByKnownHash' },
  )
}
