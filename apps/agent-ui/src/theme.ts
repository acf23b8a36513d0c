import { useEffect, useState } from 'preact/hooks'
import { recall, remember } from './remembered.ts'

export type Theme = 'light' | 'dark'

const KEY = 'odoo-backup-theme'
const wish = () => window.matchMedia('(prefers-color-scheme: dark)')

/** The reader's choice if there is one, else the system's. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = recall(KEY)
    if (chosen === 'light' || chosen === 'dark') return chosen
    return wish().matches ? 'dark' : 'light'
  })
  useEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  return [
    theme,
    next => {
      remember(KEY, next)
      setTheme(next)
    },
  ]
}
