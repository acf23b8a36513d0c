const STAMP = /(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)/

/** The name of an archive. Its moment, with the ending, goes on in a next line only where none holds it. */
export function ArchiveName({ name }: { name: string }) {
  const [before, stamp, ...after] = name.split(STAMP)
  if (stamp === undefined) return <bdi>{name}</bdi>
  return (
    <bdi>
      {before}
      <wbr />
      <span class="stamp">
        {stamp}
        {after.join('')}
      </span>
    </bdi>
  )
}
