export interface Bar {
  readonly label: string
  readonly value: number
  /** The value in words, such as `12 MB`. */
  readonly words: string
}

/** A row of bars with a text for those who cannot see it. Heights are relative to the largest. */
export function Bars({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(bar => bar.value))
  return (
    <figure class="stack-tight" style={{ margin: 0 }}>
      <figcaption class="small soft">{title}</figcaption>
      <div class="bars" aria-hidden="true">
        {bars.map(bar => (
          <span
            key={bar.label}
            title={`${bar.label}: ${bar.words}`}
            style={{ height: `${(bar.value / most) * 100}%` }}
          />
        ))}
      </div>
      <ul class="visually-hidden">
        {bars.map(bar => (
          <li key={bar.label}>
            {bar.label}: {bar.words}
          </li>
        ))}
      </ul>
    </figure>
  )
}
