import type { BackupDetails } from '@odoo-backup/protocol'
import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { formatBytes, formatDuration, numberFormat } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Field } from '../../parts/field.tsx'

/** What is in a backup, as its description says; older ones say less. */
export function Contents({ backup }: { backup: BackupDetails }) {
  const { backup: words, settings, language } = useMessages()
  const number = numberFormat(language, {})
  const count = (value: number | undefined) => (value === undefined ? undefined : number.format(value))
  const { instanceId } = backup
  // Rotation counts neither another server's nor those that nobody has claimed.
  const isOurs = backup.foreign !== true && backup.unclaimed !== true
  const madeBy = instanceId !== undefined && isOurs ? words.ofThisServer(instanceId) : instanceId
  const facts: readonly (readonly [string, string | undefined])[] = [
    [settings.format, backup.format === 'dump' ? settings.formatDump : settings.formatZip],
    [words.odooVersion, backup.odooVersion],
    [words.postgresVersion, backup.postgresVersion],
    [words.modules, backup.modules && number.format(Object.keys(backup.modules).length)],
    [words.tables, count(backup.tables)],
    [words.rows, count(backup.rows)],
    [words.dump, backup.dumpBytes === undefined ? undefined : formatBytes(backup.dumpBytes, language)],
    [
      words.files,
      backup.files === undefined
        ? undefined
        : `${number.format(backup.files)} (${formatBytes(backup.filesBytes ?? 0, language)})`,
    ],
    [words.missingFiles, count(backup.missingFiles)],
    [words.stored, formatBytes(backup.sizeBytes, language)],
    [
      words.duration,
      backup.durationSeconds === undefined ? undefined : formatDuration(backup.durationSeconds),
    ],
    [words.instance, madeBy],
  ]
  return (
    <div class="card stack">
      <h2>{words.contents}</h2>
      <dl class="facts">
        {facts.map(([label, value]) =>
          value === undefined ? null : (
            <Fragment key={label}>
              <dt>{label}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </Fragment>
          ),
        )}
      </dl>
      {backup.modules && <Modules modules={backup.modules} />}
    </div>
  )
}

function Modules({ modules }: { modules: Readonly<Record<string, string>> }) {
  const { backup: words } = useMessages()
  const [search, setSearch] = useState('')
  const found = Object.entries(modules)
    .filter(([name]) => name.includes(search.toLowerCase()))
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return (
    <details>
      <summary>{words.modules}</summary>
      <div class="stack-tight">
        <Field label={words.findModule}>
          <input type="search" value={search} onInput={event => setSearch(event.currentTarget.value)} />
        </Field>
        <ul class="modules">
          {found.map(([module, version]) => (
            <li key={module}>
              <bdi>{module}</bdi> <span class="soft">{version}</span>
            </li>
          ))}
        </ul>
      </div>
    </details>
  )
}
