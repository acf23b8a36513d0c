import { useEffect, useState } from 'preact/hooks'
import { signOut, type Who, whoAmI } from './api/calls.ts'
import { ApiError, NOT_SIGNED_IN } from './api/client.ts'
import { hasLogInCode, takeLogInCode } from './api/log-in-return.ts'
import { useResource } from './api/resource.ts'
import { onSession, tellSession } from './api/session-news.ts'
import { firstLanguage, LANGUAGES, MessagesContext, rememberLanguage } from './messages/index.ts'
import { BackupPage } from './pages/backup.tsx'
import { BackupsPage } from './pages/backups.tsx'
import { DashboardPage } from './pages/dashboard.tsx'
import { JobPage } from './pages/job.tsx'
import { JobsPage } from './pages/jobs.tsx'
import { RestorePage } from './pages/restore.tsx'
import { SettingsPage } from './pages/settings.tsx'
import { SetupPage } from './pages/setup.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { useArrival } from './parts/arrival.ts'
import { Failure } from './parts/failure.tsx'
import { NotThere } from './parts/not-there.tsx'
import { Shell } from './parts/shell.tsx'
import { SignInDialog } from './parts/sign-in-dialog.tsx'
import { type Place, usePlace } from './router.ts'

export function App() {
  const [messages, setMessages] = useState(firstLanguage)
  const place = usePlace()
  // Asked again now and then, so that a session which ended is noticed before a form is filled in for nothing.
  const who = useResource('session', whoAmI, 30)
  const [wasInside, setWasInside] = useState(false)
  useEffect(() => {
    if (who.value !== undefined) setWasInside(true)
  }, [who.value])
  const signedOut = who.error?.code === NOT_SIGNED_IN
  // Any call may find out that the session is over; the question who asks then settles it.
  useEffect(() => (signedOut ? undefined : onSession('ended', who.reload)), [signedOut, who.reload])
  useEffect(() => {
    if (who.value !== undefined && !signedOut) tellSession('begun')
  }, [who.value, signedOut])
  useEffect(() => {
    document.documentElement.lang = messages.language
  }, [messages])

  const [logInError, setLogInError] = useState<ApiError>()
  const [arriving, setArriving] = useState(hasLogInCode)
  const inside = who.value !== undefined
  useEffect(() => {
    if (!inside || !arriving) return
    takeLogInCode()
      .catch((error: unknown) => {
        setLogInError(error instanceof ApiError ? error : new ApiError('unknown', 0, String(error)))
      })
      .finally(() => setArriving(false))
  }, [inside, arriving])

  return (
    <MessagesContext.Provider value={messages}>
      <Shell
        page={place.page}
        signedIn={who.value !== undefined && !signedOut}
        onSignOut={async () => {
          await signOut().catch(() => undefined)
          setWasInside(false)
          who.reload()
        }}
        language={messages.language}
        onLanguage={language => {
          const next = LANGUAGES[language]
          if (next === undefined) return
          rememberLanguage(next)
          setMessages(next)
        }}
      >
        {signedOut && wasInside && <SignInDialog onSignedIn={who.reload} />}
        {signedOut && !wasInside ? (
          <SignInPage onSignedIn={who.reload} />
        ) : who.value !== undefined && !arriving ? (
          <>
            {logInError && <Failure error={logInError} />}
            <Content place={place} who={who.value} />
          </>
        ) : who.error !== undefined ? (
          <Failure error={who.error} onRetry={who.reload} />
        ) : (
          <p class="soft">{messages.app.loading}</p>
        )}
      </Shell>
    </MessagesContext.Provider>
  )
}

function Content({ place, who }: { place: Place; who: Who }) {
  useArrival(place)
  const { page, subject, query } = place
  switch (page) {
    case 'dashboard':
      return <DashboardPage who={who} />
    case 'setup':
      return <SetupPage />
    case 'backups':
      return subject === undefined ? (
        <BackupsPage database={query.get('database') ?? undefined} who={who} />
      ) : (
        <BackupPage key={subject} name={subject} who={who} />
      )
    case 'restore':
      return <RestorePage key={subject} name={subject} who={who} />
    case 'jobs':
      return subject === undefined ? (
        <JobsPage database={query.get('database') ?? undefined} />
      ) : (
        <JobPage key={subject} id={subject} who={who} />
      )
    case 'settings':
      return <SettingsPage key={subject} database={subject} who={who} />
    default:
      return <NotThere what="page" />
  }
}
