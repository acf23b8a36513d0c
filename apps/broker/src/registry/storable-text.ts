/** PostgreSQL takes neither NUL nor half of a surrogate pair in text; a client or a service may have sent one. */
export function isStorable(text: string): boolean {
  return text === storable(text)
}

function storable(text: string): string {
  return text.replaceAll('\u0000', '').replaceAll(/\p{Surrogate}/gu, '\ufffd')
}

/** A value as JSON that PostgreSQL takes. Wrong characters are rare, so the written text is searched first. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!/\\u(?:0000|d[89a-f])/i.test(text)) return text
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === 'string') return storable(part)
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).map(([name, held]) => [storable(name), held]))
  })
}
