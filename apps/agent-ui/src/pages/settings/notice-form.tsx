import type { AgentSettings } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeSettings, settings, testNotice } from '../../api/calls.ts'
import { changedElsewhere, saveChange } from '../../api/save-change.ts'
import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
import { Field } from '../../parts/field.tsx'
import { useFaultAt, useFirstFault } from '../../parts/field-faults.ts'
import { nameOfSetting } from './names.ts'
import { NotSaved } from './not-saved.tsx'
import {
  addressesIn,
  type NoticeDraft,
  noAddressesIn,
  noticeChangeOf,
  noticeDraftOf,
} from './notice-draft.ts'
import { SecretField } from './secret-field.tsx'

const TEXTS = ['mailFrom', 'smtpHost', 'smtpPort', 'smtpUser'] as const
const CHANNELS = ['mail', 'webhook'] as const
/** Which keyboard a phone shows, and what can be right at all; the agent judges the rest. */
const RULES = {
  mailFrom: { inputMode: 'email', pattern: '\\S+@\\S+' },
  smtpHost: { inputMode: 'url' },
  smtpPort: { inputMode: 'numeric', pattern: '[1-9]\\d{0,4}', placeholder: '587' },
  smtpUser: {},
} as const

/** Where notices go besides the page. */
export function NoticeForm({ settings: found }: { settings: AgentSettings }) {
  const { settings: words, app } = useMessages()
  const [whole, setWhole] = useState(found)
  const base = whole.notices
  const [draft, setDraft] = useState(() => noticeDraftOf(base))
  const [conflict, setConflict] = useState<{ latest: AgentSettings; paths: readonly string[] }>()
  const [done, setDone] = useState('')
  const [sent, setSent] = useState<readonly string[]>([])
  const put = (change: Partial<NoticeDraft>) => {
    setDone('')
    setDraft({ ...draft, ...change })
  }
  const change = noticeChangeOf(base, draft)
  const show = (now: AgentSettings) => {
    setConflict(undefined)
    setWhole(now)
    setDraft(noticeDraftOf(now.notices))
  }
  const save = useAction(async (over: AgentSettings) => {
    setConflict(undefined)
    setSent(addressesIn(draft.mailTo))
    const outcome = await saveChange({
      base: over,
      send: revision => changeSettings({ notices: change }, revision),
      latest: () => settings(),
      conflicts: (before, latest) => changedElsewhere({ notices: change }, before, latest),
    })
    if (outcome.kind === 'conflict') {
      setConflict(outcome)
      return
    }
    show(outcome.view)
    setDone(app.saved)
  })
  const test = useAction(async (channel: (typeof CHANNELS)[number]) => {
    setDone('')
    setSent(addressesIn(draft.mailTo))
    await testNotice(channel, change)
    setDone(words.testSent)
  })
  const { webhook } = draft
  const open = {
    mail: draft.smtpHost.trim() !== '' && addressesIn(draft.mailTo).length > 0,
    webhook: webhook.text !== '' || (base.webhook !== undefined && !webhook.removed),
  }
  const closed = CHANNELS.filter(channel => !open[channel])
  const unchanged = Object.keys(change).length === 0
  const error = save.error ?? test.error
  const faultAt = useFaultAt(error)
  const noAddresses = noAddressesIn(error?.problem, sent)
  const form = useFirstFault(error)
  return (
    <form
      ref={form}
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        if (!unchanged) void save.run(whole)
      }}
    >
      <h2>{words.notices}</h2>
      <p class="soft small">{words.noticesHelp}</p>
      <div class="fields">
        <Field
          label={words.mailTo}
          help={words.mailToHelp}
          error={noAddresses.length > 0 ? words.noAddresses(noAddresses) : faultAt('notices.mailTo')}
        >
          <input value={draft.mailTo} onInput={event => put({ mailTo: event.currentTarget.value })} />
        </Field>
        {TEXTS.map(name => (
          <Field
            key={name}
            label={words[name]}
            help={name === 'smtpUser' ? words.smtpUserHelp : undefined}
            error={faultAt(`notices.${name}`)}
          >
            <input
              {...RULES[name]}
              autocomplete="off"
              value={draft[name]}
              onInput={event => put({ [name]: event.currentTarget.value })}
            />
          </Field>
        ))}
        {draft.smtpUser !== '' && (
          <Field label={words.smtpPassword} help={words.secretStays} error={faultAt('notices.smtpPassword')}>
            <input
              type="password"
              autocomplete="new-password"
              value={draft.smtpPassword}
              onInput={event => put({ smtpPassword: event.currentTarget.value })}
            />
          </Field>
        )}
        <SecretField
          label={words.webhook}
          help={words.webhookHelp}
          present={base.webhook}
          fault={faultAt('notices.webhook')}
          draft={webhook}
          onChange={next => put({ webhook: next })}
        />
      </div>
      <CheckBox
        label={words.privateAddresses}
        help={words.privateAddressesHelp}
        checked={draft.allowPrivateAddresses}
        onChange={checked => put({ allowPrivateAddresses: checked })}
      />
      <NotSaved
        error={error}
        overtaken={
          conflict && {
            names: conflict.paths.map(path => nameOfSetting(words, path)),
            onLoad: () => show(conflict.latest),
            onInsist: () => save.run(conflict.latest),
          }
        }
      />
      <div class="row">
        <button class="button button-main" type="submit" aria-disabled={save.busy || unchanged}>
          {app.save}
        </button>
        {CHANNELS.map(channel => (
          <button
            key={channel}
            type="button"
            class="button"
            aria-disabled={test.busy}
            disabled={!open[channel]}
            onClick={() => test.run(channel)}
          >
            {words.sendTest[channel]}
          </button>
        ))}
        <span role="status">{done}</span>
      </div>
      {closed.length > 0 && (
        <p class="small soft">{closed.map(channel => words.testNeeds[channel]).join(' ')}</p>
      )}
    </form>
  )
}
