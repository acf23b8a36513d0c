import type { AgentSettings } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeSettings, settings, testNotice } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'

/** Where notices go besides the page. */
export function NoticeForm() {
  const found = useResource('agent-settings', settings)
  if (found.value === undefined) return null
  return <Form key={JSON.stringify(found.value.notices)} current={found.value} onSaved={found.reload} />
}

function Form({ current, onSaved }: { current: AgentSettings; onSaved: () => void }) {
  const { settings: words, app } = useMessages()
  const [mailTo, setMailTo] = useState(current.notices.mailTo.join(', '))
  const [mailFrom, setMailFrom] = useState(current.notices.mailFrom ?? '')
  const [smtpHost, setSmtpHost] = useState(current.notices.smtpHost ?? '')
  const [webhook, setWebhook] = useState('')
  const [sent, setSent] = useState(false)
  const save = useAction(async () => {
    await changeSettings({
      notices: {
        mailTo: mailTo
          .split(',')
          .map(address => address.trim())
          .filter(address => address !== ''),
        mailFrom: mailFrom || null,
        smtpHost: smtpHost || null,
        ...(webhook === '' ? {} : { webhook }),
      },
    })
    onSaved()
  })
  const test = useAction(async (channel: 'mail' | 'webhook') => {
    setSent(false)
    await testNotice(channel)
    setSent(true)
  })
  const error = save.error ?? test.error
  return (
    <form
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        void save.run()
      }}
    >
      <h2>{words.notices}</h2>
      <Field label={words.mailTo} help={words.mailToHelp}>
        <input value={mailTo} onInput={event => setMailTo(event.currentTarget.value)} />
      </Field>
      <Field label={words.mailFrom}>
        <input type="email" value={mailFrom} onInput={event => setMailFrom(event.currentTarget.value)} />
      </Field>
      <Field label={words.smtpHost}>
        <input value={smtpHost} onInput={event => setSmtpHost(event.currentTarget.value)} />
      </Field>
      <Field label={words.webhook} help={words.webhookHelp}>
        <input
          type="url"
          placeholder={current.notices.webhook ?? ''}
          value={webhook}
          onInput={event => setWebhook(event.currentTarget.value)}
        />
      </Field>
      {error && <Failure error={error} />}
      <div class="row">
        <button class="button button-main" type="submit" disabled={save.busy}>
          {app.save}
        </button>
        {(['mail', 'webhook'] as const).map(channel => (
          <button
            key={channel}
            type="button"
            class="button"
            disabled={test.busy}
            onClick={() => test.run(channel)}
          >
            {words.sendTest}: {channel === 'mail' ? words.smtpHost : words.webhook}
          </button>
        ))}
        <span role="status">{sent ? words.testSent : ''}</span>
      </div>
    </form>
  )
}
