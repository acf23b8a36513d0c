import type { RefusalWords } from '../../http/refusal-words.ts'
import { comma } from './german-numbers.ts'

/** What refusals say, in German. */
export const refusals: RefusalWords = {
  roles: {
    viewer: 'Ansicht (viewer)',
    billing: 'Abrechnung (billing)',
    admin: 'Verwaltung (admin)',
  },
  roleRefused: (needed, own) => `Dafür ist die Rolle ${needed} nötig; Sie haben die Rolle ${own}.`,
  registryAway:
    'Das Verzeichnis (PostgreSQL) antwortet nicht: Bis es das tut, wird niemand bedient. Wer diesen Dienst betreibt, findet in dessen Log, was genau misslang.',
  accountsAway:
    'Die Konten lassen sich gerade nicht lesen. Sicherungen müssen deshalb nicht ausfallen: Server nutzen den Zugang weiter, den sie haben. Versuchen Sie es in einigen Minuten noch einmal.',
  nothingChanged: 'Geändert wurde nichts.',
  noSuchAccount: 'Ein Konto mit dieser Kennung gibt es nicht.',
  noSuchInstance: 'Eine Instanz mit dieser Kennung gibt es nicht, oder ihr ist der Zugang schon entzogen.',
  notUsedYet: 'Dieses Konto wurde noch nicht benutzt: Es kann nichts fällig sein.',
  accountSuspended:
    'Dieses Konto ist gesperrt: Von ihm wird nichts eingezogen, bis es wieder freigegeben ist.',
  billingPaused: 'Die Abrechnung ruht für alle: Es wird nichts eingezogen, bis sie wieder läuft.',
  noAmount: 'Geben Sie eine Anzahl Credits über 0 an, mit höchstens drei Nachkommastellen.',
  referenceUsed: credits =>
    `Dieser Beleg steht für ${comma(credits)} Credits, die das Konto früher bekommen hat. Nehmen Sie einen anderen.`,
  noSuchPlan: (plan, plans) => `Einen Tarif ${plan} gibt es nicht. Tarife: ${plans}.`,
  samePlan: 'Es hat diesen Tarif schon.',
  dayIsPast: 'Dieser Tag ist schon vorbei: Nehmen Sie einen, der noch kommt.',
  trialIsOver:
    'Die Probezeit endet schon später, oder ein Monat hat begonnen: Geben Sie Guthaben, oder verlängern Sie die Nachfrist.',
  graceIsLonger: ends => `Die Nachfrist dauert schon bis ${ends}.`,
  noSuchCharge: 'Eine Forderung mit dieser Nummer gibt es nicht.',
  notInDoubt: 'Kein Versuch, diese Forderung einzuziehen, ist ungewiss.',
  holdMayLive:
    'Was der Bezahldienst zurückgelegt hat, kann noch zurückgelegt sein: Das klärt sich von selbst binnen drei Stunden.',
  settledMeanwhile: 'Sie wurde inzwischen erledigt.',
  notWaiting: 'Eine Nachricht mit dieser Kennung wartet nicht mehr, oder sie ist nicht lesbar.',
  notCompared:
    'Diese Datenbank wurde zurückgeholt, oder das kann sein, und ihre Bücher wurden seither nicht verglichen: Vergleichen Sie sie zuerst, sonst werden Monate womöglich doppelt bezahlt. Soll die Abrechnung trotzdem laufen, dann kreuzen Sie das Kästchen über „Wieder laufen lassen“ an.',
  leftOpen: left =>
    `Diese Datenbank wurde zurückgeholt, oder das kann sein, und Monate können doppelt bezahlt werden. Beim letzten Vergleich der Bücher blieb offen: ${left}. Vergleichen Sie noch einmal, wenn das vorbei ist. Was der Bezahldienst nicht sagen kann, sehen Sie dort bei den Konten nach; dann kreuzen Sie das Kästchen über „Wieder laufen lassen“ an und sagen, warum.`,
  left: {
    openPayments: accounts =>
      `${at(accounts)} eine Zahlung, die nicht endgültig ist (die meisten enden von selbst binnen drei Stunden, die übrigen werden auf der Seite der Abrechnung erledigt)`,
    lateHolds: accounts =>
      `${at(accounts)} zu spät zurückgelegtes Guthaben (es kommt binnen drei Stunden zurück, meistens sofort)`,
    unanswered: accounts => `${at(accounts)} der Stand, den der Bezahldienst nicht nannte`,
    missing: accounts =>
      `${at(accounts)} Guthaben, das fehlt (der Vergleich gibt es zurück oder nimmt die Kontostände, wie sie sind, je nach seinen Kästchen)`,
  },
  notWitnessed:
    'Wie weit diese Bücher gekommen waren, ist nicht lesbar: Redis antwortet nicht, oder die Datei in BROKER_STATE_FOLDER lässt sich nicht lesen, und nur sie wissen es. Lassen Sie die Abrechnung laufen, wenn sie es sagen; tun sie es nie, dann kreuzen Sie das Kästchen über „Wieder laufen lassen“ an.',
}

function at(accounts: number): string {
  return accounts === 1 ? 'bei 1 Konto' : `bei ${accounts} Konten`
}
