const STAMP = /(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)/

/** The name of an archive. Its moment goes on in a next line only where no line holds it, not at each hyphen. */
export function ArchiveName({ name }: { name: string }) {
  const [before, stamp, ...after] = name.split(STAMP)
  if (stamp === undefined) return <bdi>{name}</bdi>
  return (
    <bdi>
      {before}
      <wbr />
      <span class="stamp">{stamp}</span>
      {after.join('')}
    </bdi>
  )
}
