import { useState } from 'preact/hooks'
import { useMessages } from '../messages/index.ts'
import { ChooseDatabases } from './setup/choose-databases.tsx'
import { ChoosePlan } from './setup/choose-plan.tsx'
import { ChooseStorage } from './setup/choose-storage.tsx'
import { FirstBackup } from './setup/first-backup.tsx'

const STEPS = ['storage', 'databases', 'plan', 'first'] as const

/** From nothing to a first backup. Each step tests what was entered before the next one opens. */
export function SetupPage() {
  const { setup: words, app } = useMessages()
  const [step, setStep] = useState(0)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const next = () => setStep(step + 1)
  return (
    <section class="stack" style={{ maxWidth: '44rem' }}>
      <h1>{words.title}</h1>
      <ol class="row small" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {STEPS.map((name, index) => (
          <li
            key={name}
            class={`badge ${index < step ? 'tone-good' : ''}`}
            {...(index === step ? { 'aria-current': 'step' as const } : {})}
          >
            {index + 1}. {words.steps[name]}
          </li>
        ))}
      </ol>
      {step === 0 && <ChooseStorage onDone={next} />}
      {step === 1 && (
        <ChooseDatabases
          onDone={names => {
            setChosen(names)
            next()
          }}
        />
      )}
      {step === 2 && <ChoosePlan databases={chosen} onDone={next} />}
      {step === 3 && <FirstBackup databases={chosen} />}
      {step > 0 && step < 3 && (
        <div>
          <button type="button" class="button button-plain" onClick={() => setStep(step - 1)}>
            {app.back}
          </button>
        </div>
      )}
    </section>
  )
}
