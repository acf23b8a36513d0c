import type { NoteWords } from '../../billing/notes.ts'

/** What the broker wrote beside a step of the books, a message of Stripe, or billing that rests, in German. */
export const notes = {
  insufficient_credit: 'Das Guthaben reicht nicht.',
  refused: 'Der Bezahldienst hat es abgelehnt.',
  unreachable: 'Der Bezahldienst war nicht zu erreichen: Er wurde um nichts gebeten.',
  unknown: 'Die Antwort des Bezahldienstes ging verloren oder ergibt keinen Sinn.',
  capture_asked: 'Der Bezahldienst wird gebeten, es einzuziehen.',
  capture_unanswered: 'Der Bezahldienst hat nicht gesagt, ob er es eingezogen hat.',
  capture_refused: 'Der Bezahldienst zieht es nicht ein: Was er zurückgelegt hat, wird freigegeben.',
  capture_not_sent:
    'Der Bezahldienst war nicht erreichbar und wurde also nicht gebeten, es einzuziehen. Was wiederhergestellten Büchern fehlt, weiß niemand: Er wird noch einmal gebeten.',
  hold_lost: 'Der Prozess, der um das Zurücklegen bat, endete, bevor er eine Antwort hatte.',
  hold_over: 'Was zurückgelegt war, wenn etwas zurückgelegt war, ist von selbst wieder frei.',
  hold_over_uncaptured: 'Was zurückgelegt war, wurde von selbst frei, bevor es eingezogen war.',
  not_captured: 'Der Bezahldienst hat abgelehnt, es einzuziehen.',
  settled: (who: string) => `Erledigt von ${who}`,
  no_account: 'Das Konto, das bezahlt hat, gibt es nicht.',
  no_purchase: 'Zu ihr gehört (noch) kein Kauf bei uns: Buchen Sie sie später noch einmal.',
  unreadable: 'Die Nachricht ist nicht lesbar.',
  other_mode: 'Die Nachricht ist aus der anderen Betriebsart (livemode).',
  other_type: 'Nachrichten dieser Art ändern hier nichts.',
  session_unreadable: 'Die Sitzung nennt kein Konto von uns oder hat keinen ganzen Betrag.',
  nothing_paid: (status: string) => `Es wurde nichts bezahlt (payment_status ${status}).`,
  other_currency: 'Bezahlt wurde in einer Währung, die nicht gutgeschrieben wird.',
  wrong_amount: 'Der Betrag ist null oder zu groß.',
  refund_unreadable: 'Die Rückzahlung ist nicht lesbar.',
  refund_zero: 'Zurückgezahlt wurde null.',
  dispute_unreadable: 'Die Anfechtung ist nicht lesbar.',
  dispute_zero: 'Angefochten wurde null.',
  refund: 'Rückzahlung',
  dispute: (id: string) => `Anfechtung ${id}`,
  restored:
    'Diese Datenbank ist nicht die, auf der die Abrechnung zuletzt lief, oder wurde auf einen früheren Stand zurückgedreht: Sie wurde zurückgeholt, oder eine Kopie hat übernommen. Vergleichen Sie die Bücher mit dem Bezahldienst, holen Sie die seither ausgesprochenen Sperrungen und Widerrufe nach, und lassen Sie die Abrechnung dann wieder laufen.',
  forgotten:
    'Redis oder der Ordner BROKER_STATE_FOLDER wusste, wie weit die Bücher gekommen waren, und kennt jetzt keine Bücher mehr: Er ging verloren oder wurde ersetzt, oder diese Datenbank wurde zusammen mit ihm zurückgedreht. Vergleichen Sie die Bücher mit dem Bezahldienst, holen Sie die seither ausgesprochenen Sperrungen und Widerrufe nach, und lassen Sie die Abrechnung dann wieder laufen.',
  unwitnessed:
    'Was sagt, ob diese Datenbank zurückgedreht wurde, während kein Broker lief, ist nicht lesbar: Redis antwortet nicht, oder die Datei in BROKER_STATE_FOLDER lässt sich nicht lesen; das Log des Dienstes sagt, warum. Die Abrechnung läuft von selbst weiter, sobald es lesbar ist; wird es das nie, dann lassen Sie sie erzwungen wieder laufen.',
} satisfies NoteWords
