import { useMessages } from '../messages/index.ts'

export interface Bar {
  readonly label: string
  readonly value: number
  /** The value in words, such as `12 MB`. */
  readonly words: string
}

/**
 * A row of bars, with its scale and its ends in words, and a table for those who cannot see it or want to know.
 * Heights are relative to the largest; a day without anything is a thin line.
 */
export function Bars({ title, bars, tall = false }: { title: string; bars: readonly Bar[]; tall?: boolean }) {
  const { app } = useMessages()
  const most = Math.max(1, ...bars.map(bar => bar.value))
  const largest = bars.find(bar => bar.value === most)
  return (
    <figure class={`chart ${tall ? 'chart-tall' : ''}`}>
      <figcaption class="row row-spread small soft">
        <span>{title}</span>
        {largest !== undefined && (
          <span class="number">
            {app.largest} {largest.words}
          </span>
        )}
      </figcaption>
      <div class="bars" aria-hidden="true">
        {bars.map(bar => (
          <span
            key={bar.label}
            class={bar.value === 0 ? 'is-none' : ''}
            title={`${bar.label}: ${bar.words}`}
            style={{ height: `${(bar.value / most) * 100}%` }}
          />
        ))}
      </div>
      <div class="row row-spread small soft number" aria-hidden="true">
        <span>{bars[0]?.label}</span>
        <span>{bars.at(-1)?.label}</span>
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
