import { LoginFailure } from './login-failure.ts'

const TIMEOUT_MILLISECONDS = 10_000
const MAX_BYTES = 64 * 1024

/**
 * Asks a log-in provider and reads its JSON. Redirects are not followed: a token goes where it was meant for, or
 * nowhere.
 * @throws LoginFailure `provider_unavailable` when it does not answer, or not in JSON of reasonable size;
 * `token_refused` when it answers that it refuses
 */
export async function callProvider(
  fetch: typeof globalThis.fetch,
  url: URL,
  init: RequestInit = {},
): Promise<unknown> {
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    })
    text = await readLimited(response)
  } catch (cause) {
    throw new LoginFailure('provider_unavailable', { cause })
  }
  const answered = (what: string) => ({ cause: new Error(`${url.host} answered ${what}.`) })
  if (response.status >= 500)
    throw new LoginFailure('provider_unavailable', answered(`HTTP ${response.status}`))
  if (!response.ok) throw new LoginFailure('token_refused', answered(`HTTP ${response.status}`))
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message would quote the answer.
    throw new LoginFailure('provider_unavailable', answered('what is not JSON'))
  }
}

async function readLimited(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let sizeBytes = 0
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > MAX_BYTES) throw new Error('The answer of the log-in provider is too long.')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
