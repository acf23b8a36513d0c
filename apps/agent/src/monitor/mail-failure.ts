import { messageOf, systemErrorCode } from '../system-error.ts'

/** Node's and OpenSSL's words for a certificate that is not trusted. */
const CERTIFICATE = /certificate|self.signed|altname/i

/**
 * Says in words what kept a mail server from taking a mail, and what to do. The library's error is not kept as the
 * cause: it repeats what the server answered, and an answer to a log-in may hold what was sent. Only the refusal of an
 * address or of a mail is repeated.
 */
export function mailFailure(error: unknown, host: string, port: number): Error {
  const server = `The mail server ${host}:${port}`
  // By the code first: a server may speak of certificates in any answer.
  const code = systemErrorCode(error)
  switch (code) {
    case 'EAUTH':
      return new Error(
        `${server} refuses the user name or the password. Correct them in the settings of notices.`,
      )
    case 'EENVELOPE':
    case 'EMESSAGE':
      return new Error(`${server} refuses the mail${repeated(error)}. Check sender and recipients.`)
  }
  if (CERTIFICATE.test(messageOf(error)))
    return new Error(
      `${server} shows a certificate that is not trusted. Give it one of a known authority, or name your own authority's certificate in NODE_EXTRA_CA_CERTS where the agent is started.`,
    )
  switch (code) {
    case 'ETLS':
      return new Error(
        `${server} offers no encryption, without which no password is sent. Use its port for STARTTLS (587) or TLS (465), or remove user and password.`,
      )
    case 'EDNS':
    case 'ECONNECTION':
    case 'ETIMEDOUT':
    case 'ESOCKET':
    case 'ECONNREFUSED':
      return new Error(`${server} does not answer. Check its name and port, and the network between.`)
    default:
      return new Error(`${server} failed.`)
  }
}

/** What the server answered, as nodemailer hands it on. */
function repeated(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('response' in error)) return ''
  if (typeof error.response !== 'string') return ''
  return `: ${error.response.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 200)}`
}
