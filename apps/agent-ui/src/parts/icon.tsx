const PATHS = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  warn: 'M12 6v7.5M12 17.6v.1',
  bad: 'M7 7l10 10M17 7L7 17',
  running: 'M12 6v6l4 2.5',
  waiting: 'M7 12h10',
  none: 'M7 12h10',
} as const

/** A small sign in a circle, of the colour of the text around it. It says nothing that the text does not. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <circle cx="12" cy="12" r="10.5" />
      <path d={PATHS[name]} />
    </svg>
  )
}
