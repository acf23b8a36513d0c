import { html } from '@odoo-backup/service'
import { comma } from '../../pages/messages/german-numbers.ts'
import { audit } from './audit-de.ts'
import type { ConsoleMessages } from './en.ts'
import { notes } from './notes-de.ts'
import { work } from './work-de.ts'

/** Every text of the operators' console in German. */
export const de: ConsoleMessages = {
  language: 'de',
  number: comma,
  places: {
    health: 'Zustand',
    accounts: 'Konten',
    credentials: 'Zugänge',
    billing: 'Abrechnung',
    audit: 'Protokoll',
  },
  myAccount: 'Mein Konto',
  youAre: (who, role) => html`Sie sind ${who}, mit der Rolle ${role}.`,
  nextPage: 'Nächste Seite',
  firstPage: 'Erste Seite',
  why: 'Warum, für das Protokoll',
  show: 'Zeigen',
  change: 'Ändern',
  none: 'Keine.',
  account: 'Konto',
  sought: {
    label: 'Konto: Ordner, Kennung oder E-Mail-Adresse',
    only: account => html`Nur zum Konto ${account}`,
    nobody: 'Kein Konto hat diesen Ordner, diese Kennung oder diese E-Mail-Adresse.',
    unknownId: 'Ein Konto mit dieser Kennung gibt es nicht. Unten steht, was das Protokoll darüber enthält.',
    several: accounts =>
      html`Mehrere Konten haben diese E-Mail-Adresse. Wählen Sie eines nach seinem Ordner: ${accounts}`,
  },
  when: 'Wann',
  what: 'Was',
  state: 'Zustand',
  id: 'Kennung',
  asked: 'Angefragt',
  nothingChanged: 'Nichts wurde geändert',
  refused: 'Das wurde abgelehnt.',
  goBack: 'Zurück',
  kinds: { account: 'Konto', instance: 'Instanz', operator: 'Betreiber', token: 'Admin-Token' },
  actors: {
    operator: 'ein Befehl auf dem Server',
    system: 'der Broker selbst',
    stripe: 'Stripe',
    unknown: 'unbekannt',
  },

  done: {
    suspended: 'Das Konto ist gesperrt: Seine Instanzen bekommen keine Zugänge mehr.',
    resumed: 'Das Konto wird wieder bedient.',
    purposes: 'Was die Instanz darf, wurde geändert.',
    revoked: 'Der Instanz ist der Zugang für immer entzogen.',
    given: 'Das Guthaben wurde gegeben.',
    'given-before':
      'Dieses Formular war schon einmal gesendet: Das Guthaben wurde damals gegeben, nicht ein zweites Mal.',
    refunded: 'Das Guthaben wurde zurückgegeben.',
    'refunded-before':
      'Dieses Formular war schon einmal gesendet: Das Guthaben wurde damals zurückgegeben, nicht ein zweites Mal.',
    plan: 'Der Tarif ist geändert, vom nächsten Monat an.',
    trial: 'Die Probezeit wurde verlängert.',
    grace: 'Die Nachfrist wurde geändert.',
    collected: 'Was offen ist, wurde angefordert. Was daraus wurde, steht in den Büchern.',
    settled: 'Die Forderung wurde erledigt.',
    applied: 'Die Nachricht wurde gebucht.',
    'still-aside': 'Die Nachricht lässt sich noch immer nicht buchen: Warum, steht bei ihr.',
    dismissed: 'Die Nachricht wurde weggelegt: Für sie wird nichts gebucht, so oft sie auch kommt.',
    paused: 'Die Abrechnung ruht für alle.',
    running: 'Die Abrechnung läuft wieder.',
  },

  health: {
    checkStates: {
      ok: 'läuft',
      degraded: 'antwortet nicht, wie es soll',
      failed: 'antwortet nicht',
      unknown: 'noch nicht gefragt',
    },
    sentences: {
      ok: 'Alles, was dieser Broker braucht, läuft.',
      degraded: 'Der Broker arbeitet, aber nicht alles, was er braucht, läuft.',
      failed: 'Etwas, das der Broker braucht, antwortet nicht.',
      unknown: 'Was dieser Broker braucht, läuft, soweit er es schon gefragt hat.',
      behind:
        'Was dieser Broker braucht, läuft, aber manche seiner eigenen Arbeiten verspätet sich oder misslingt.',
    },
    checks: {
      database: 'Verzeichnis (PostgreSQL)',
      redis: 'Gemeinsamer Speicher (Redis)',
      sts: 'Ausgabe der Zugänge beim Speicher (STS)',
    },
    faults: {
      database:
        'Das Verzeichnis antwortet nicht rechtzeitig oder lehnt ab: Anmeldungen, Zugänge und Zahlungen warten oder misslingen. Sehen Sie nach, ob PostgreSQL läuft und noch Verbindungen frei hat.',
      redis:
        'Redis antwortet nicht. Zugänge werden trotzdem ausgegeben, und jeder Prozess zählt Anfragen für sich. Geplante Arbeiten wie Einziehen und Messen warten, und /readyz antwortet mit 503. Sehen Sie nach, ob Redis läuft und BROKER_REDIS_URL dorthin führt.',
      sts: 'Als der Speicher zuletzt um neue Zugänge gebeten wurde, gab er keine aus. Früher ausgegebene werden verteilt, solange sie gelten; alles andere wird abgelehnt. Der nächste, den er ausgibt, beendet das. Sehen Sie nach, ob der Speicher läuft und die Schlüssel dieses Brokers annimmt.',
    },
    work,
    logTells: 'Das Log des Dienstes sagt genau, was misslang.',
    figures: {
      accounts: count => (count === 1 ? 'Konto' : 'Konten'),
      suspended: count => (count === 1 ? 'gesperrtes Konto' : 'gesperrte Konten'),
      approved: count => (count === 1 ? 'zugelassene Instanz' : 'zugelassene Instanzen'),
      pending: count => (count === 1 ? 'wartet auf Zulassung' : 'warten auf Zulassung'),
      revoked: count => (count === 1 ? 'entzogene Instanz' : 'entzogene Instanzen'),
    },
    billingRuns: 'Die Abrechnung läuft.',
    nothingCharged: 'Hier wird nichts berechnet: Kein Tarif in den Einstellungen kostet etwas.',
    billingRests: reason => html`Die Abrechnung ruht, und niemand wird so lange abgewiesen: ${reason}`,
    stuck: since =>
      html`Seit ${since} ist eine Zahlung ungewiss, und ihr Konto wird so lange bedient. Beenden Sie sie auf der Seite der Abrechnung nach dem, was der Bezahldienst zeigt.`,
    missingPlan: (plan, accounts) =>
      `Konten mit dem Tarif „${plan}“, der nicht in den Einstellungen steht: ${accounts}. Dort wird weiter gesichert und nichts Neues berechnet, bis BROKER_PLANS den Tarif enthält oder ein anderer gewählt wird.`,
    allAboutBilling: 'Alles zur Abrechnung',
    lately: 'In letzter Zeit',
    lastEvents: count => `Die letzten ${count} Ereignisse des Protokolls`,
    since: at => html`, seit ${at}`,
    howOften: 'Wie oft',
  },

  outcome: 'Ergebnis',
  outcomes: { any: 'jedes', done: 'erledigt', refused: 'abgelehnt' },

  accounts: {
    search: 'Ordner, Kennung, E-Mail-Adresse oder Name',
    find: 'Suchen',
    nobody: 'Kein Konto gefunden.',
    folder: 'Ordner',
    logIn: 'Anmeldung',
    since: 'Seit',
    instances: 'Instanzen',
    suspended: 'gesperrt',
  },

  oneAccount: {
    email: 'E-Mail',
    notTold: 'nicht genannt',
    name: 'Name',
    suspended: 'Gesperrt',
    happened: 'Was mit ihm geschah',
    credentials: 'Zugänge, die es bekam',
    suspend: 'Sperren',
    resume: 'Freigeben',
    suspendText: html`Binnen einer Sekunde bekommt keine seiner Instanzen mehr Zugänge. Schon ausgegebene gelten, bis sie ablaufen, wenn nicht der Befehl <code>cut-off</code> sie abweist. Die Sicherungen bleiben.`,
    resumeText: 'Seine Instanzen bekommen wieder Zugänge.',
    suspendAction: 'Das Konto sperren',
    resumeAction: 'Das Konto freigeben',
    noAddress: 'Ohne Webadresse',
    instanceStates: { pending: 'wartet auf Zulassung', approved: 'zugelassen', revoked: 'entzogen' },
    may: 'Darf',
    nothing: 'nichts',
    addresses: 'Adressen',
    approved: 'Zugelassen',
    lastSeen: 'Zuletzt gesehen',
    revoked: 'Entzogen',
    mayInFull: {
      backup: 'Neue Sicherungen ablegen und Namen und Größen derer im Konto auflisten',
      restore: 'Alle Sicherungen im Konto lesen',
      rotate:
        'Sicherungen löschen, die nicht mehr aufgehoben werden (gelöschte lassen sich eine Zeit lang zurückholen)',
    },
    changePurposes: 'Ändern, was sie darf',
    purposes: 'Was sie darf',
    revokeForGood: 'Ihr den Zugang für immer entziehen',
    revoke: 'Entziehen',
  },

  credit: {
    title: 'Guthaben',
    states: {
      trial: 'Probezeit',
      paid: 'bezahlt',
      grace: 'Nachfrist',
      restore_only: 'nur Wiederherstellen',
      lapsed: 'abgelaufen',
      suspended: 'gesperrt',
      not_billed: 'nicht abgerechnet',
    },
    atRest: 'nicht bezahlt; wird trotzdem bedient, weil die Abrechnung ruht',
    stored: 'Gespeichert',
    ofCap: (gigabytes, cap) => `${gigabytes} von ${cap} GB`,
    full: 'neue Sicherungen werden nicht angenommen',
    plan: 'Tarif',
    kept: 'Hier geführtes Guthaben',
    held: 'Guthaben beim Bezahldienst',
    due: 'Offen',
    monthEnds: 'Monat endet',
    changes: 'Dieser Zustand endet',
    graceUntil: 'Nachfrist verlängert bis',
    books: 'Die Bücher',
    stores: 'Was es speichert, nach Tagen',
    howMuch: currency => `Wie viel (${currency})`,
    untilDay: 'Bis zum Ende dieses Tages (UTC)',
    grant: { title: 'Guthaben geben', button: 'Geben' },
    refund: {
      title: 'Guthaben zurückgeben',
      about:
        'Für etwas, das bezahlt war. Es wird hier geführt und zuerst verbraucht; der Bezahldienst wird nicht gefragt.',
      button: 'Zurückgeben',
    },
    planMissing: plan => `Bitte wählen: ${plan} steht nicht in den Einstellungen`,
    changePlan: {
      title: 'Den Tarif ändern',
      about: 'Vom nächsten Monat an; die Preise dieses Monats bleiben.',
    },
    trial: { title: 'Die Probezeit verlängern', about: 'Möglich, bis der erste Monat beginnt.' },
    grace: {
      title: 'Die Nachfrist verlängern',
      about: 'Bis dahin geht alles, obwohl eine Zahlung offen ist. Sie wird nur länger.',
    },
    extend: 'Verlängern',
    run: {
      title: 'Jetzt einziehen, was offen ist',
      about: 'Was sonst jede Stunde von selbst geschieht.',
      button: 'Einziehen',
      rests: 'Die Abrechnung ruht: Bis sie wieder läuft, wird nichts eingezogen.',
    },
  },

  books: {
    title: 'Bücher',
    nothing: 'Noch wurde nichts gebucht.',
    csv: 'Alles als CSV',
    credits: 'Guthaben',
    note: 'Anmerkung',
    by: 'Von',
    attempt: number => `, Versuch ${number}`,
    kinds: {
      grant: 'Gutschrift',
      refund: 'Erstattung (hier gutgeschrieben)',
      purchase: 'Kauf',
      purchase_returned: 'ein Kauf wurde zurückgezahlt',
      spent: 'von einer Forderung genommen',
      given_back: 'zurück von einer Forderung, die nicht eingezogen wurde',
    },
    states: {
      planned: 'geplant',
      authorised: 'zurückgelegt',
      captured: 'eingezogen',
      cancelled: 'freigegeben',
      failed: 'misslungen',
      unknown: 'ungewiss',
      booked: 'gebucht',
    },
    back: account => html`Zurück zu ${account}`,
    steps:
      'Jeder Schritt einer Forderung ist eine eigene Zeile; nur was eingezogen oder gebucht ist, hat Guthaben bewegt. Was eine Forderung vom hier geführten Guthaben nahm, steht daneben als genommen und zählt nicht doppelt.',
  },

  notes,

  usage: {
    title: 'Speicher',
    notMeasured: 'Noch nicht gemessen: Das geschieht einmal am Tag.',
    notCounted:
      'Was gespeichert ist, wird hier nicht gezählt: BROKER_USAGE_ACCESS_KEY_ID und das Geheimnis dazu sind nicht gesetzt.',
    day: 'Tag',
    backups: 'Sicherungen, GB',
    objects: 'Objekte',
    oldVersions: 'Alte Fassungen, GB',
    openUploads: 'Unfertige Uploads, GB',
  },

  credentials: {
    title: 'Ausgegebene Zugänge',
    none: 'Es wurde keiner ausgegeben.',
    issued: 'Ausgegeben',
    for: 'Wofür',
    ends: 'Endet',
    to: 'Konto, Instanz, Adresse',
    key: 'Schlüssel',
    lives: 'gilt noch',
  },

  audit,

  billing: {
    title: 'Abrechnung',
    stop: 'Die Abrechnung für alle anhalten',
    stopText: 'Nichts wird eingezogen, und niemand wird so lange abgewiesen.',
    force:
      'Nur nach einer Wiederherstellung der Datenbank dieses Brokers: auch dann, wenn nicht alles verglichen werden konnte oder nichts sagt, ob sie zurückgedreht wurde. Monate können dann doppelt bezahlt werden.',
    runAgain: 'Wieder laufen lassen',
    inDoubt: 'Ungewisse Forderungen',
    inDoubtText:
      'Der Bezahldienst hat nicht geantwortet, und was er zurückgelegt hatte, ist seither frei. Sehen Sie dort nach, was daraus wurde.',
    charge: (charge, amount) => `Forderung Nr. ${charge}, ${amount}`,
    transaction: 'Dort bekannt als',
    lastHeard: 'Zuletzt gemeldet',
    providers: { iap: 'Odoos In-App-Käufe', prepaid: 'im Voraus bezahltes Guthaben' },
    shows: 'Was der Bezahldienst zeigt',
    wasPaid: 'Sie wurde bezahlt',
    wasNotPaid: 'Sie wurde nicht bezahlt: Sie wird noch einmal gestellt',
    settle: 'Erledigen',
    stripeWaits: 'Nachrichten von Stripe, die warten',
    came: 'Eingegangen',
    tryAgain: 'Noch einmal versuchen, sie zu buchen',
    book: 'Buchen',
    dismissForGood: 'Für immer weglegen',
    dismissText: 'Für sie wird nichts gebucht, so oft sie auch kommt.',
    dismiss: 'Weglegen',
    compareTitle: 'Die Bücher vergleichen',
    compareText:
      'Wiederholt, was nicht endgültig ist, und vergleicht jede Summe, die sich vergleichen lässt, hier und beim Bezahldienst.',
    accept: 'Wo ein Kontostand beim Bezahldienst niedriger ist, als diese Bücher sagen: Er gilt von jetzt an',
    creditMissing: 'Den Konten das Guthaben geben, das dort fehlt, als hier geführtes',
    compare: 'Vergleichen',
    revenue: 'Einnahmen',
    inCredits: 'Alle Beträge in Credits.',
    noRevenue: 'Noch wurde nichts eingezogen oder gekauft.',
    month: 'Monat',
    collected: 'Eingezogen',
    spent: 'Aus hier geführtem Guthaben',
    bought: 'Gekauft',
    charges: 'Forderungen',
  },

  compared: {
    title: 'Bücher verglichen',
    agree: 'Die Bücher stimmen überein.',
    differ: 'Nicht alles stimmt überein oder konnte verglichen werden: Siehe unten.',
    repeated: 'Offene Versuche wiederholt',
    stillOpen: (repeated, open) => `${repeated}, davon ${open} noch offen`,
    inDoubt: 'Ungewiss',
    lateHolds: 'Zu spät zurückgelegtes Guthaben',
    lateHoldsText:
      'Der Bezahldienst hat das Guthaben zurückgelegt, als der Versuch schon beendet war. Davon wird nichts genommen. Er wird um die Rückgabe gebeten, bis er sie erledigt hat oder die Vormerkung von selbst endet.',
    lateHold: (charge, since) => html`Forderung ${charge}, zurückgelegt seit ${since}`,
    collected: 'Vom Bezahldienst eingezogen',
    kept: 'Hier geführt',
    keptSums: (received, spent, left) => `${received} erhalten, ${spent} verbraucht, ${left} übrig`,
    chargesDiffer: 'und die Forderungen sagen etwas anderes',
    balances: 'Kontostände beim Bezahldienst',
    balanceCounts: (agreeing, firstRead, notCompared) =>
      `${agreeing === 1 ? '1 stimmt' : `${agreeing} stimmen`}, ${firstRead} zum ersten Mal gelesen, ${notCompared} nicht verglichen`,
    keptDiffers: 'Konten, deren hier geführtes Guthaben nicht zeigt, was ihre Forderungen davon nahmen',
    keptDifference: (spent, charged) => `${spent} verbraucht, ${charged} von Forderungen genommen`,
    purchaseIs: {
      'credited without a message': 'ohne eine Nachricht gutgeschrieben',
      'paid without credit': 'bezahlt und nicht gutgeschrieben',
      'credited to another account': 'einem anderen Konto gutgeschrieben',
      'credited another amount': 'mit einem anderen Betrag gutgeschrieben',
      'taken back another amount': 'ein anderer Betrag zurückgenommen',
    },
    purchasesDiffer: 'Käufe, die von den Nachrichten von Stripe abweichen',
    booked: amount => `${amount} gebucht`,
    told: amount => `${amount} gemeldet`,
    missing: 'Guthaben, das beim Bezahldienst fehlt',
    uncertain: 'Konten, von denen sich noch nichts sagen lässt',
    uncertainBecause: {
      first_read: 'sein Stand wurde zum ersten Mal gelesen: Sehen Sie beim Bezahldienst nach',
      open_payment:
        'eine Zahlung ist nicht endgültig: Vergleichen Sie in drei Stunden noch einmal, oder erledigen Sie sie',
      late_hold:
        'zu spät zurückgelegtes Guthaben ist noch nicht zurück: Vergleichen Sie in drei Stunden noch einmal',
      no_answer: 'der Bezahldienst nannte seinen Stand nicht: Vergleichen Sie noch einmal',
    },
    remarks: {
      noTransactions:
        'Odoos Dienst für In-App-Käufe zeigt keine einzelnen Vorgänge: Hat er Guthaben zurückgelegt und seine Antwort ging verloren, dann ist das von hier aus nicht zu sehen; nach zwei Stunden ist es von selbst wieder frei. Ebenso wenig ist zu sehen, was zurückgelegt ist und dessen Zeile mit einer Wiederherstellung verloren ging: Was bis drei Stunden danach fehlt, kann von selbst wiederkommen.',
      noPurchases:
        'Er sagt nicht, was gekauft wurde: Guthaben, das zwischen zwei Vergleichen gekauft wurde, verdeckt Guthaben, das ohne eine Zeile in diesen Büchern verschwand. Bei Konten, deren Stand zum ersten Mal gelesen wird, gibt es nichts, womit er zu vergleichen wäre.',
      noRefunds:
        'Er zahlt nichts zurück und schenkt nichts: Beides ist Guthaben, das dieser Broker führt und das zuerst verbraucht wird.',
    },
    back: 'Zurück zur Abrechnung',
  },
}
