import { createServer, type RequestListener } from 'node:http'
import { answerUnreadable } from './answer-unreadable.ts'

export interface ListenOptions {
  /** Loopback unless configured otherwise. */
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
  /** All headers must have come within this time; 10 seconds by default. */
  readonly headersTimeoutSeconds?: number
  /** The whole request, body included; 60 seconds by default. Uploads need more: 0 is no limit. */
  readonly requestTimeoutSeconds?: number
  /** How long an idle connection is kept; 65 seconds by default, longer than common proxies keep theirs. */
  readonly keepAliveSeconds?: number
}

export interface Listening {
  readonly host: string
  readonly port: number
  readonly url: string
  /** Takes no new connection, lets every running request end, then resolves. */
  close(): Promise<void>
  /** Cuts what still runs. */
  cut(): void
}

/** Serves HTTP; resolves when the socket is open, with its real address. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host = '127.0.0.1', port, headersTimeoutSeconds = 10, requestTimeoutSeconds = 60 } = options
  let closing = false
  const serve: RequestListener = (request, response) => {
    if (closing) response.setHeader('Connection', 'close')
    // A request that began before the end leaves a kept connection behind, which would hold up the end.
    response.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections())
    })
    handler(request, response)
  }
  const server = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: headersTimeoutSeconds * 1000,
      requestTimeout: requestTimeoutSeconds * 1000,
      keepAliveTimeout: (options.keepAliveSeconds ?? 65) * 1000,
      connectionsCheckingInterval: 1000,
      // Refused below, where the answer is a problem document.
      requireHostHeader: false,
    },
    serve,
  )
  // Their size is what is limited. By their number Node leaves out the last ones without a word, and among them what a
  // proxy has added: whose address it is.
  server.maxHeadersCount = 0
  server.on('checkExpectation', serve)
  server.on('clientError', answerUnreadable)
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(whyNotListening(error, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.')
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    host: address.address,
    port: address.port,
    url: `http://${shown}:${address.port}`,
    close: () =>
      new Promise<void>((resolve, reject) => {
        closing = true
        server.close(error => (error === undefined || isNotRunning(error) ? resolve() : reject(error)))
        server.closeIdleConnections()
      }),
    cut: () => server.closeAllConnections(),
  }
}

function isNotRunning(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_SERVER_NOT_RUNNING'
}

/** The same error with what to do about it: its code stays. */
function whyNotListening(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    error.message = `Port ${port} of ${host} is taken by another program: end that one, or set another port.`
  else if (code === 'EACCES')
    error.message = `This user may not listen on port ${port} of ${host}: set a port above 1023.`
  else if (code === 'EADDRNOTAVAIL')
    error.message = `This machine has no address ${host}: set one that it has, such as 127.0.0.1.`
  return error
}
