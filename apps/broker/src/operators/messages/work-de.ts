import { html } from '@odoo-backup/service'
import type { ConsoleMessages } from './en.ts'

/** What is said of the work by the clock, and of storage that is not counted, in German. */
export const work: ConsoleMessages['health']['work'] = {
  title: 'Geplante Arbeiten',
  shared: 'Jeweils ein Broker tut sie, für alle zusammen; die Zeiten sind die dessen, der sie getan hat.',
  lastDone: 'Zuletzt erledigt',
  lastFailed: 'Zuletzt misslungen',
  never: 'nie',
  states: {
    done: 'erledigt',
    under_way: 'im Gang',
    awaited: 'steht aus',
    failing: 'misslungen',
    hanging: 'endet nicht',
    late: 'bleibt aus',
  },
  names: {
    'resume open payments': 'Offene Zahlungen fortsetzen',
    'renew accounts': 'Monate beginnen und einziehen',
    'sample usage': 'Speicher messen',
    'mail notices': 'Mitteilungen mailen',
    'read balances': 'Kontostände lesen',
    forecast: 'Sagen, wie lange Guthaben reicht',
  },
  failed: (name, { times, count }, at) =>
    times === 1
      ? html`${name}: Der letzte Lauf ist misslungen, ${at}.`
      : html`${name}: Die letzten ${count} Läufe sind misslungen, der jüngste ${at}.`,
  lastDoneAt: at => html`Zuletzt erledigt wurde es ${at}.`,
  neverDone: 'Getan wurde es noch nie.',
  againInTurn: 'Der nächste Lauf kommt von selbst.',
  whatToDo: {
    'resume open payments':
      'Offene Zahlungen bleiben so lange offen, und ihre Konten werden bedient. Sehen Sie nach, ob der Bezahldienst antwortet.',
    'renew accounts':
      'Fälliges wird so lange nicht eingezogen, und wer einen Monat schuldet, für den beginnt kein weiterer; abgewiesen wird deswegen niemand, bevor die Nachfrist um ist. Sehen Sie nach, ob der Bezahldienst antwortet.',
    'sample usage':
      'Sehen Sie nach, ob der Speicher läuft und der Schlüssel BROKER_USAGE_ACCESS_KEY_ID Versionen und Uploads auflisten darf.',
    'mail notices':
      'Agenten bekommen ihre Mitteilungen trotzdem. Sehen Sie nach, ob der Server BROKER_SMTP_HOST von diesem Broker Mail annimmt, auch für die Adressen der Konten.',
    'read balances':
      'Nach einem Zurückholen der Datenbank gibt es weniger, womit sich Kontostände vergleichen lassen. Sehen Sie nach, ob der Bezahldienst antwortet.',
    forecast:
      'Niemand erfährt rechtzeitig, dass Guthaben zur Neige geht. Sehen Sie nach, ob der Bezahldienst antwortet.',
  },
  late: (name, since, every) =>
    html`${name}: Seit ${since} ist kein Lauf zu Ende gegangen (Abstand: ${every}). Die Warteschlange bewegt sich nicht: Sehen Sie nach, ob ein Broker läuft und, wo BROKER_REDIS_URL gesetzt ist, auch Redis; sonst suchen Sie im Log nach „the job queue“. Ein neu gestarteter Broker nimmt die Arbeit wieder auf.`,
  hanging: (name, since) =>
    html`${name}: Ein Lauf, der ${since} begann, ist nicht zu Ende gegangen. Starten Sie die Broker einen nach dem anderen neu: Was er getan hat, bleibt getan, und der nächste Lauf macht dort weiter.`,
  samples: 'Der Speicher wird verspätet gemessen.',
  samplesLate: (accounts, since) =>
    html`Konten ohne Messung von gestern oder heute: ${accounts}; das am längsten wartende wurde zuletzt ${since} gemessen.`,
  samplesMissing: (accounts, since) =>
    html`Konten, die nie gemessen wurden: ${accounts}; das am längsten wartende ist seit ${since} fällig.`,
  samplesFollow:
    'Ein Monat wird nach den Tagen berechnet, an denen gemessen wurde. Sehen Sie nach, ob der Speicher läuft und der Schlüssel BROKER_USAGE_ACCESS_KEY_ID Versionen und Uploads auflisten darf; das Log nennt die Konten, deren Messung misslang.',
}
