/** An ETag without the quotes of HTTP. */
export function bareEtag(etag: string): string {
  return etag.replace(/^"|"$/g, '')
}
