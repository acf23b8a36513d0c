import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** What Node's parser refuses before there is a request: by the code of its error. */
const REFUSALS: Readonly<Record<string, { status: number; code: string; detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'headers_too_large', detail: 'The headers are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'too_large',
    detail: 'The request is larger than this service accepts.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request did not come within the time that this service gives it.',
  },
}
const UNREADABLE = { status: 400, code: 'invalid_request', detail: 'This is no HTTP request.' }

/**
 * Answers what never became a request with a problem document (RFC 9457), as every other refusal, and ends the
 * connection. A connection that is gone, or whose answer has begun, is only closed: nothing must follow the other.
 */
export function answerUnreadable(error: Error & { code?: string }, socket: Duplex): void {
  const answered =
    'bytesWritten' in socket && typeof socket.bytesWritten === 'number' && socket.bytesWritten > 0
  if (!socket.writable || error.code === 'ECONNRESET' || answered) {
    socket.destroy(error)
    return
  }
  const { status, code, detail } = REFUSALS[error.code ?? ''] ?? UNREADABLE
  const title = STATUS_CODES[status]
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail })
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
  )
}
