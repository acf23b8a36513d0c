import { useEffect, useRef, useState } from 'preact/hooks'
import { useMessages } from '../messages/index.ts'
import { ChooseDatabases, type ChosenDatabases } from './setup/choose-databases.tsx'
import { ChoosePlan } from './setup/choose-plan.tsx'
import { ChooseStorage } from './setup/choose-storage.tsx'
import { FirstBackup } from './setup/first-backup.tsx'

const STEPS = ['storage', 'databases', 'plan', 'first'] as const

/** From nothing to a first verified backup. Each step tries what was entered before the next one opens. */
export function SetupPage() {
  const { setup: words, app } = useMessages()
  const [step, setStep] = useState(0)
  const [chosen, setChosen] = useState<ChosenDatabases>({ all: [], unplanned: [] })
  const [isVerified, setVerified] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const go = (to: number) => {
    setStep(to)
    heading.current?.focus()
  }
  const name = STEPS[step] ?? 'storage'
  const isDone = (index: number) => index < step || (isVerified && STEPS[index] === 'first')
  useEffect(() => {
    heading.current?.scrollIntoView({ block: 'nearest' })
  }, [step])
  return (
    <section class="stack narrow">
      <h1>{words.title}</h1>
      <ol class="steps">
        {STEPS.map((known, index) => (
          <li
            key={known}
            class={`badge ${isDone(index) ? 'tone-good' : ''}`}
            {...(index === step ? { 'aria-current': 'step' as const } : {})}
          >
            {isDone(index) ? '✓' : `${index + 1}.`} {words.steps[known]}
          </li>
        ))}
      </ol>
      <h2 ref={heading} tabIndex={-1}>
        {words.stepOf(step + 1, STEPS.length, words.steps[name])}
      </h2>
      {name === 'storage' && <ChooseStorage onDone={() => go(1)} />}
      {name === 'databases' && (
        <ChooseDatabases
          onDone={databases => {
            setChosen(databases)
            go(2)
          }}
        />
      )}
      {name === 'plan' && <ChoosePlan databases={chosen} onDone={() => go(3)} />}
      {name === 'first' && <FirstBackup databases={chosen.all} onVerified={() => setVerified(true)} />}
      {step > 0 && step < 3 && (
        <div>
          <button type="button" class="button button-plain" onClick={() => go(step - 1)}>
            {app.back}
          </button>
        </div>
      )}
    </section>
  )
}
