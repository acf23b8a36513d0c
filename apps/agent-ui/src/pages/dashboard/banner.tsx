import type { AccountView, DatabaseOverview, Overview, Worry } from '@odoo-backup/protocol'
import type { ApiError } from '../../api/client.ts'
import { formatMoment, formatRelative } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { shortFailure } from '../../messages/sentence.ts'
import { BuyCredit } from '../../parts/buy-credit.tsx'
import { Icon } from '../../parts/icon.tsx'
import { UnreachablePlaces } from '../../parts/unreachable-places.tsx'
import { placeLink } from '../../router.ts'
import { hindranceOf } from './hindrance.ts'

const MOST_NAMES = 5
const MOST_REASONS = 3
const SHORT = 200

const RANK = { good: 0, warn: 1, bad: 2 } as const

/**
 * Am I safe? One sentence and one colour, then what is wrong with which database and why. An account that refuses
 * backups, or will, is worse than databases that stand well: before it has answered, nobody is said to be safe.
 */
export function Banner(props: {
  overview: Overview
  /** What the account said last, where it is known. */
  account: AccountView | undefined
  /** The account has neither answered nor failed to yet. */
  isAccountAwaited: boolean
  /** The agent did not answer just now, or not as it should: what it said before is no longer sure. */
  error: ApiError | undefined
  onRetry: () => void
}) {
  const { dashboard: words, app, language } = useMessages()
  const { overview, error } = props
  const { verdict } = overview
  const hindrance = hindranceOf(props.account)
  const isWorse = hindrance !== undefined && RANK[hindrance.tone] > RANK[verdict.tone]
  const known = isWorse ? hindrance.tone : verdict.tone
  const isOpen = props.isAccountAwaited && error === undefined && known === 'good'
  const tone = error === undefined || known === 'bad' ? known : 'warn'
  const hindered = hindrance && words.hindrances[hindrance.state]
  const heads = error === undefined && isWorse
  const isAway = error?.code === 'offline'
  const now = new Date()
  return (
    <div class={isOpen ? 'verdict' : `verdict tone-${tone}`} role="status">
      {isOpen ? <span class="icon" aria-hidden="true" /> : <Icon name={tone} />}
      <div class="stack-tight">
        <strong>
          {error !== undefined ? (
            words.outOfDate[isAway ? 'away' : 'failing']
          ) : isOpen ? (
            <InRoomOf text={words.verdicts[verdict.word]}>{words.checking}</InRoomOf>
          ) : heads ? (
            hindered
          ) : (
            words.verdicts[verdict.word]
          )}
        </strong>
        {isAway && <span>{words.awayDetail}</span>}
        {!heads && hindered !== undefined && <span>{hindered}</span>}
        {verdict.word === 'safe' && (
          <span>
            {words.safeDetail(
              verdict.included,
              verdict.oldestBackupAt && formatRelative(verdict.oldestBackupAt, now, language),
            )}{' '}
            {words.verifiedOf(verdict.verified, verdict.included)}
          </span>
        )}
        {/* A first backup would be refused as well. */}
        {verdict.word === 'nothing' && hindrance?.tone !== 'bad' && <span>{words.nothingDetail}</span>}
        {verdict.word === 'all_gone' && <span>{words.allGoneDetail(overview.backups)}</span>}
        {verdict.word === 'attention' && verdict.included === 0 && verdict.unknown.length === 0 && (
          <span>{words.allLeftOut}</span>
        )}
        {verdict.unknown.map(what => (
          <span key={what}>{words.unknown[what]}</span>
        ))}
        {hindrance !== undefined && hindrance.state !== 'suspended' && <BuyCredit />}
        <UnreachablePlaces places={overview.unreachable} />
        {verdict.word !== 'nothing' && <Worries overview={overview} />}
        {verdict.word === 'nothing' && (
          <span>
            <a class="button button-main" href={placeLink('setup')}>
              {words.setUp}
            </a>
          </span>
        )}
        {verdict.word === 'all_gone' && (
          <span>
            <a class="button button-main" href={placeLink('restore')}>
              {words.restoreOne}
            </a>
          </span>
        )}
        {isAway && (
          <span>
            <button type="button" class="button" onClick={props.onRetry}>
              {app.retry}
            </button>
          </span>
        )}
        <span class="small">
          {isOpen ? words.askingAccount : words.asOf(formatMoment(overview.asOf, language))}
        </span>
      </div>
    </div>
  )
}

/** Shorter words, as high as those will be that most often take their place. */
function InRoomOf({ text, children }: { text: string; children: string }) {
  return (
    <span class="in-room">
      <span class="unseen">{text}</span>
      <span>{children}</span>
    </span>
  )
}

function Worries({ overview }: { overview: Overview }) {
  const { dashboard: words } = useMessages()
  const { worries } = overview.verdict
  if (worries.length === 0) return null
  return (
    <ul class="worries">
      {worries.map(({ worry, databases }) => (
        <li key={worry}>
          {words.worries[worry]}:{' '}
          {databases.slice(0, MOST_NAMES).map((name, index) => (
            <>
              {index > 0 && ', '}
              <a href={placeLink('backups', undefined, { database: name })}>
                <bdi>{name}</bdi>
              </a>
            </>
          ))}
          {databases.length > MOST_NAMES && `, +${databases.length - MOST_NAMES}`}
          <Reasons databases={overview.databases} worry={worry} />
        </li>
      ))}
    </ul>
  )
}

/** Why the last try failed, said once however many databases it struck. */
function Reasons({ databases, worry }: { databases: readonly DatabaseOverview[]; worry: Worry }) {
  const struck = databases.filter(item => item.worry === worry)
  const { failures } = useMessages()
  const reasons = new Map<string, string[]>()
  for (const { database, lastFailure } of struck) {
    if (lastFailure === undefined) continue
    const reason = shortFailure(failures, lastFailure)
    reasons.set(reason, [...(reasons.get(reason) ?? []), database])
  }
  if (reasons.size === 0) return null
  return (
    <ul>
      {[...reasons].slice(0, MOST_REASONS).map(([reason, names]) => (
        <li key={reason} class="small">
          {/* Of a single reason for all that stand above, this is clear. */}
          {names.length < struck.length && (
            <>
              <bdi>{listed(names)}</bdi>:{' '}
            </>
          )}
          <bdi>{reason.length > SHORT ? `${reason.slice(0, SHORT)} …` : reason}</bdi>
        </li>
      ))}
    </ul>
  )
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? `, +${more}` : ''}`
}
