import { ApiError, apiAddress, codeOf } from './client.ts'

const TYPES = ['zip.enc', 'dump.enc', 'zip', 'dump'] as const

/** What kind of archive a file's name says that it is; undefined for anything else. */
export function uploadType(fileName: string): (typeof TYPES)[number] | undefined {
  const lower = fileName.toLowerCase()
  return TYPES.find(type => lower.endsWith(`.${type}`))
}

/** Sends a file of any size; `fetch` cannot tell how far it is, so this is the older way. Ends by `signal` as `cancelled`. */
export function upload(
  file: File,
  type: (typeof TYPES)[number],
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', apiAddress('uploads', { type }))
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.addEventListener('progress', event => onProgress(event.loaded))
    request.addEventListener('error', () => reject(new ApiError('offline', 0, '')))
    request.addEventListener('abort', () => reject(new ApiError('cancelled', 0, '')))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.addEventListener('load', () => {
      const answer = request.response
      if (request.status === 201) resolve(answer.id)
      else
        reject(
          new ApiError(
            answer?.code ?? codeOf(request.status),
            request.status,
            answer?.detail ?? answer?.title ?? '',
          ),
        )
    })
    request.send(file)
  })
}
