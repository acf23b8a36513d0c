import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { LANGUAGES, useMessages } from '../messages/index.ts'
import { placeLink } from '../router.ts'
import { useTheme } from '../theme.ts'

const PAGES = ['dashboard', 'backups', 'restore', 'jobs', 'settings'] as const

/**
 * What stands around every page: the way to the others, colours, language, the way out. On a phone they are behind one
 * button, so that the page itself begins near the top in every language.
 */
export function Shell(props: {
  page: string
  signedIn: boolean
  onSignOut: () => void
  language: string
  onLanguage: (language: string) => void
  children: ComponentChildren
}) {
  const { app } = useMessages()
  const [theme, setTheme] = useTheme()
  const [isOpen, setOpen] = useState(false)
  const menu = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) return
    const close = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return
      setOpen(false)
      menu.current?.focus()
    }
    window.addEventListener('keydown', close)
    return () => window.removeEventListener('keydown', close)
  }, [isOpen])
  return (
    <>
      <button
        type="button"
        class="button skip-link"
        onClick={() => document.getElementById('content')?.focus()}
      >
        {app.skip}
      </button>
      <header class={`top ${props.signedIn ? 'has-menu' : ''} ${isOpen ? 'is-open' : ''}`}>
        <div class="top-inner">
          <a class="brand" href={placeLink('dashboard')}>
            <img src="./icon.svg" alt="" />
            <span class="brand-name">{app.title}</span>
          </a>
          {props.signedIn && (
            <button
              type="button"
              ref={menu}
              class="button menu-button"
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              <span aria-hidden="true">{isOpen ? '✕' : '☰'}</span> {app.openMenu}
            </button>
          )}
          <nav class="nav" aria-label={app.menu}>
            {props.signedIn &&
              PAGES.map(page => (
                <a
                  key={page}
                  href={placeLink(page)}
                  onClick={() => setOpen(false)}
                  {...(page === props.page ? { 'aria-current': 'page' as const } : {})}
                >
                  {app[page]}
                </a>
              ))}
          </nav>
          <div class="tools">
            <select
              class="input"
              style={{ width: 'auto' }}
              aria-label={app.otherLanguage}
              value={props.language}
              onChange={event => props.onLanguage(event.currentTarget.value)}
            >
              {Object.values(LANGUAGES).map(({ language, name }) => (
                <option key={language} value={language}>
                  {name}
                </option>
              ))}
            </select>
            <button
              type="button"
              class="button button-plain"
              aria-label={theme === 'dark' ? app.light : app.dark}
              title={theme === 'dark' ? app.light : app.dark}
              onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
            >
              <span aria-hidden="true">{theme === 'dark' ? '☀' : '☾'}</span>
            </button>
            {props.signedIn && (
              <button type="button" class="button button-plain" onClick={props.onSignOut}>
                {app.signOut}
              </button>
            )}
          </div>
        </div>
      </header>
      <main class="shell" id="content" tabIndex={-1}>
        {props.children}
      </main>
    </>
  )
}
