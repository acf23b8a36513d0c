import { html } from '@odoo-backup/service'
import type { Messages } from './en.ts'
import { comma } from './german-numbers.ts'
import { refusals as particulars } from './refusals-de.ts'

/** Every text that customers read on the broker's pages, in German. */
export const de: Messages = {
  language: 'de',
  name: 'Deutsch',
  skip: 'Zum Inhalt springen',
  languages: 'Sprache',
  never: 'nie',
  logIn: 'Anmelden',
  logOut: 'Abmelden',
  operatorConsole: 'Betreiberkonsole',
  operator: 'Betreiber',
  noName: 'ohne Namen',
  toAccount: 'Zu Ihrem Konto',
  contact: 'Betreiber dieses Dienstes:',

  choice: {
    title: 'Anmelden',
    about:
      'Ihre Sicherungen gehören zu dem Konto, mit dem Sie sich anmelden. Nehmen Sie jedes Mal dasselbe Konto.',
    with: label => `Anmelden mit ${label}`,
  },
  fragment: {
    title: 'Sie werden angemeldet',
    noScript:
      'Dieser Schritt braucht JavaScript: Es gibt die Antwort des Anmeldedienstes weiter, ohne sie in der Adresse zu zeigen. Erlauben Sie es für diese Seite, gehen Sie dann zu Ihrem Odoo zurück und beginnen Sie von vorn.',
  },
  loginFailure: {
    title: 'Die Anmeldung ist fehlgeschlagen',
    denied_at_provider: 'Sie haben die Anmeldung nicht erlaubt. Nichts wurde geändert.',
    state_refused:
      'Diese Anmeldung wurde nicht in diesem Browser begonnen, wurde schon benutzt oder ist älter als zehn Minuten. Hat Ihr Odoo Sie hierher geführt, dann gehen Sie dorthin zurück und beginnen Sie von vorn.',
    token_refused: 'Der Anmeldedienst hat nicht bestätigt, wer Sie sind.',
    provider_unavailable:
      'Der Anmeldedienst antwortet gerade nicht. Warten Sie eine Minute, und versuchen Sie es dann noch einmal.',
    again: 'Noch einmal versuchen',
    back: 'Zurück zur Seite',
  },
  refusals: {
    noLogin: {
      title: 'Diese Anmeldung gibt es nicht',
      text: 'Auf diese Weise kann man sich hier nicht anmelden.',
    },
    expired: {
      title: 'Dieser Link gilt nicht mehr',
      text: 'Er wurde schon benutzt oder ist älter als zehn Minuten. Gehen Sie zu Ihrem Odoo oder zur Befehlszeile zurück und beginnen Sie von vorn.',
    },
    expiredRecharge: {
      title: 'Dieser Link gilt nicht mehr',
      text: 'Er wurde schon benutzt oder ist älter als eine Stunde. Melden Sie sich bei Ihrem Konto an, um Guthaben zu kaufen, oder lassen Sie sich von Ihrem Odoo einen neuen Link geben.',
    },
    foreignForm: {
      title: 'Dieses Formular wird nicht angenommen',
      text: 'Es wurde unter einer anderen Anmeldung oder auf einer anderen Seite geöffnet. Geändert wurde nichts. Öffnen Sie die Seite noch einmal und antworten Sie dort.',
    },
    suspended: {
      title: 'Ihr Konto ist gesperrt',
      text: 'Schreiben Sie dem Betreiber dieses Dienstes.',
    },
    otherAccount: {
      title: 'Dieses Odoo gehört zu einem anderen Konto',
      text: html`Es bleibt bei dem Konto, das ihm zuerst den Zugang erlaubt hat. Melden Sie sich ab und mit jenem Konto an, oder lassen Sie den Agenten einen neuen Schlüssel machen: mit <code class="whole">odoo-backup login --new-key</code>.`,
    },
    nothingToApprove: {
      title: 'Nichts zu erlauben',
      text: 'Kreuzen Sie wenigstens einen Zugriff an, oder lehnen Sie ab.',
    },
    noInstallation: {
      title: 'Diese Installation gibt es nicht',
      text: 'Sie gehört nicht zu diesem Konto oder wurde schon widerrufen.',
    },
    loggedOut: {
      title: 'Sie sind abgemeldet',
      text: 'Schließen Sie diese Seite, oder melden Sie sich von Ihrem Odoo aus wieder an.',
    },
    noAccount: {
      title: 'Noch kein Konto',
      text: 'Dieses Odoo ist mit keinem Konto verbunden. Öffnen Sie seine Liste der Sicherungen und melden Sie sich an.',
    },
  },
  logInAgain: {
    title: 'Melden Sie sich noch einmal an',
    text: 'Nichts wurde geändert: Dafür muss Ihre Anmeldung jünger als zehn Minuten sein. Melden Sie sich an, und tun Sie es dann noch einmal.',
  },

  purposes: {
    backup: 'Neue Sicherungen ablegen und Namen und Größen derer in Ihrem Konto auflisten',
    restore: 'Alle Sicherungen in Ihrem Konto lesen',
    rotate:
      'Sicherungen löschen, die nicht mehr aufgehoben werden (gelöschte kann der Betreiber eine Zeit lang zurückholen)',
  },
  consent: {
    title: 'Darf dieses Odoo Ihr Sicherungskonto benutzen?',
    titleOfServer: 'Darf dieser Server Ihr Sicherungskonto benutzen?',
    whoAsks: 'Wer fragt',
    askedAt: 'Gefragt am',
    yourAccount: 'Ihr Konto',
    commandLine: 'Ein Agent auf der Befehlszeile eines Servers',
    odooAt: origin => html`Das Odoo unter ${origin}`,
    folder: folder => `(Ordner ${folder})`,
    may: 'Erlaubte Zugriffe',
    revocable: 'Auf der Seite Ihres Kontos können Sie diese Erlaubnis jederzeit sehen und widerrufen.',
    approve: 'Erlauben',
    deny: 'Ablehnen',
    notYours: 'Nicht Ihr Konto?',
    warnCommandLine: html`<strong>Erlauben Sie es nur, wenn Sie selbst gerade <code class="whole">odoo-backup login</code> auf Ihrem eigenen Server getippt haben.</strong> Sie bekommen einen Code, den Sie dort eingeben. Sagen Sie ihn niemandem: Wer ihn hat, kann Ihre Sicherungen lesen.`,
    warnOrigin: origin =>
      html`<strong>Erlauben Sie es nur, wenn Sie selbst gerade ${origin} geöffnet haben.</strong>`,
    knownOrigin: 'Diese Adresse haben Sie schon einmal erlaubt.',
    revokedOrigin:
      'Diese Adresse haben Sie schon einmal erlaubt, aber was Sie dort erlaubt hatten, wurde widerrufen: Hat Ihnen jemand einen Link geschickt, der hierher führte, dann lehnen Sie ab.',
    newOrigin:
      'Diese Adresse ist neu für Ihr Konto: Hat Ihnen jemand einen Link geschickt, der hierher führte, dann lehnen Sie ab.',
    backToQuestion: 'Zurück zur Frage',
    denied: 'Abgelehnt',
    deniedText: 'Sie haben es abgelehnt. Nichts wurde geändert. Sie können diese Seite schließen.',
    approved: 'Erlaubt',
    approvedText: 'Sie werden zu Ihrem Odoo zurückgeführt.',
    backTo: host => html`Zurück zu ${host}`,
    typeCode: 'Führen Sie das binnen zehn Minuten auf Ihrem eigenen Server aus:',
    keepCode: html`<strong>Sagen Sie den Code niemandem.</strong> Wer ihn hat und die Anfrage gestellt hat, kann Ihre Sicherungen lesen.`,
  },

  account: {
    title: 'Ihr Sicherungskonto',
    loggedInAs: (who, folder) => html`Angemeldet als ${who}, Ordner ${folder}.`,
    suspended:
      'Dieses Konto ist gesperrt. Ihre Sicherungen bleiben gespeichert; schreiben Sie dem Betreiber dieses Dienstes',
    installations: 'Ihre Installationen',
    none: 'Keine.',
    noInstallations: html`Noch keine. Öffnen Sie die Liste der Sicherungen in Ihrem Odoo, oder tippen Sie <code class="whole">odoo-backup login</code> auf Ihrem Server.`,
    earlier: 'Früher erlaubte zeigen',
    withoutAddress: 'Ein Agent ohne Webadresse',
    addresses: 'Adressen',
    fromCommandLine: 'von einer Befehlszeile verbunden',
    approved: 'Erlaubt',
    lastSeen: 'Zuletzt gesehen',
    revoked: 'Widerrufen',
    name: 'Name',
    save: 'Speichern',
    revoking: minutes =>
      `Der Widerruf einer Installation ist endgültig: Sie bekommt sofort keine neuen Zugangsdaten mehr; solche, die sie hat, enden von selbst, höchstens ${minutes} Minuten nach ihrer Ausgabe. Ihre Sicherungen bleiben.`,
    revoke: name => html`${name} widerrufen`,
    revokeThis: 'Diese Installation widerrufen',
    change: 'Namen oder Zugriffe ändern oder sie widerrufen',
    onThisPage: 'Auf dieser Seite',
    openApprovals: 'Erlaubt, noch nicht abgeschlossen',
    notFetched: 'Ihr Server hat es noch nicht abgeholt. Was nicht abgeholt wird, verfällt von selbst.',
    commandLine: 'Eine Befehlszeile',
    until: 'bis',
    withdraw: 'Zurücknehmen',
    withdrawAll: 'Alle zurücknehmen',
    notices: 'Mitteilungen',
    earlierNotices: count => `Frühere (${count})`,
  },

  notices: {
    subjects: {
      insufficient_credits: 'Ihre Sicherungen: Eine Zahlung ist fällig',
      forecast_insufficient_credits: 'Ihre Sicherungen: Das Guthaben geht zu Ende',
      instance_bound: 'Ihre Sicherungen: Ein Zugang wurde erlaubt',
      other: 'Ihre Sicherungen: Eine Mitteilung',
    },
    paymentDue: (amount, since) =>
      `${amount} für Sicherungen sind seit ${since} fällig und konnten nicht bezahlt werden. Kaufen Sie auf der Seite Ihres Kontos Guthaben; von dem, was gespeichert ist, geht nichts verloren.`,
    creditRunsOut: on =>
      `Geht es weiter wie jetzt, ist Ihr Guthaben für Sicherungen am ${on} aufgebraucht. Kaufen Sie vorher Guthaben, dann läuft alles weiter.`,
    instanceBound: (where, purposes) =>
      `Einem Odoo wurde der Zugang zu Ihrem Sicherungskonto erlaubt: ${where} (${purposes}).`,
    serverBound: purposes =>
      `Einem Server wurde auf seiner Befehlszeile der Zugang zu Ihrem Sicherungskonto erlaubt (${purposes}).`,
    revokeAt: page => `Wenn Sie das nicht waren, widerrufen Sie es hier: ${page}`,
    revokeHere: 'Wenn Sie das nicht waren, widerrufen Sie es unter Ihren Installationen.',
    purposes: { backup: 'sichern', restore: 'wiederherstellen', rotate: 'alte Sicherungen löschen' },
    firstOfRemoval: from =>
      `Erste Mitteilung: Ihr Konto ist nicht bezahlt, und seine Sicherungen können vom ${from} an endgültig entfernt werden. Kaufen Sie vorher auf der Seite Ihres Kontos Guthaben, dann wird nichts entfernt.`,
    lastOfRemoval: from =>
      `Letzte Mitteilung: Ihr Konto ist nicht bezahlt, und seine Sicherungen können vom ${from} an endgültig entfernt werden. Kaufen Sie vorher auf der Seite Ihres Kontos Guthaben, dann wird nichts entfernt.`,
  },

  credit: {
    title: 'Guthaben',
    states: {
      trial: 'Probezeit: Noch wird nichts berechnet.',
      paid: 'Bezahlt: Alles läuft.',
      grace: 'Eine Zahlung ist fällig. Vorerst läuft noch alles.',
      restore_only:
        'Eine Zahlung ist fällig. Sicherungen können wiederhergestellt werden, aber neue werden nicht gemacht.',
      lapsed:
        'Eine Zahlung ist fällig. Ihre Sicherungen bleiben vorerst gespeichert, aber bis bezahlt ist, kann nichts gesichert oder wiederhergestellt werden.',
      suspended: 'Vom Betreiber gesperrt.',
      not_billed:
        'Noch nicht benutzt: Vor der ersten Sicherung oder Wiederherstellung wird nichts berechnet.',
    },
    statesFull: {
      trial:
        'Probezeit: Noch wird nichts berechnet. Aber der Speicher ist voll: Neue Sicherungen werden nicht angenommen.',
      paid: 'Bezahlt. Aber der Speicher ist voll: Neue Sicherungen werden nicht angenommen.',
      grace: 'Eine Zahlung ist fällig. Und der Speicher ist voll: Neue Sicherungen werden nicht angenommen.',
    },
    full: (gigabytes, cap) =>
      `Ihre Sicherungen belegen ${gigabytes} GB, mehr als die ${cap} GB Ihres Tarifs: Neue werden nicht angenommen. Die vorhandenen können wie bisher wiederhergestellt werden. Löschen Sie solche, die Sie nicht mehr brauchen, oder bitten Sie um einen größeren Tarif. Gelöschte zählen, bis auch ihre alten Versionen weg sind; der Speicher wird einmal am Tag gezählt.`,
    toStorage: 'Zeigen, was gespeichert ist',
    atRest: 'Etwas ist fällig, aber im Augenblick wird nichts eingezogen: Deswegen wird nichts angehalten.',
    removable: from => `Vom ${from} an können Ihre Sicherungen endgültig entfernt werden.`,
    trialToCome: days =>
      days === 1
        ? 'Der erste Tag ist kostenlos; er beginnt damit.'
        : `Die ersten ${days} Tage sind kostenlos; sie beginnen damit.`,
    plan: 'Tarif',
    price: 'Preis',
    perMonth: amount => `${amount} im Monat`,
    withStorage: (included, each) =>
      included === 0
        ? `${each} je gespeichertem GB`
        : `${included} GB inbegriffen, ${each} für jedes weitere GB`,
    held: 'Guthaben bei Odoo (In-App-Käufe)',
    kept: 'Ihr Guthaben',
    keptFirst: 'Guthaben bei diesem Dienst (wird zuerst verbraucht)',
    due: 'Fällig',
    toBuy: 'Mindestens zu kaufen',
    lacking: 'Es fehlen noch',
    withNextMonth: amount => `Der Monat, der dann beginnt, ist mit ${amount} eingerechnet.`,
    monthEnds: 'Dieser Monat endet am',
    changes: 'Ändert sich am',
    changesIn: {
      trial: 'Die Probezeit endet am',
      grace: 'Alles geht noch bis',
      restore_only: 'Wiederherstellbar bis',
    },
    buy: 'Guthaben kaufen',
    toCredit: 'Zeigen, was fällig ist',
    belowZero:
      'Unter null: Ein Kauf wurde zurückgezahlt, nachdem sein Guthaben verbraucht war. Was Sie als Nächstes kaufen, gleicht das zuerst aus.',
    byOperator: 'Guthaben gibt der Betreiber dieses Dienstes.',
    costs: 'Was die letzten Monate gekostet haben',
    what: 'Was',
    state: 'Stand',
    stateOf: { paid: 'bezahlt', due: 'fällig', open: 'wird bezahlt' },
    charge: {
      base: (from, to, plan) => `Sicherungen vom ${from} bis ${to}, Tarif ${plan}`,
      storage: ({ from, to, gigabytes, included, further, each }) =>
        `Speicher vom ${from} bis ${to}: im Mittel ${gigabytes} GB, davon ${included} GB inbegriffen und ${further} GB weitere zu je ${each}`,
    },
    currency: label => (label === 'credits' ? 'Credits' : label),
    number: comma,
    backups: 'Sicherungen',
    storage: 'Speicher',
    notMeasured: 'Noch nicht gemessen: Das geschieht einmal am Tag.',
    graph: (from, to, now, most) =>
      `Speicher vom ${from} bis ${to}, mit alten Fassungen und offenen Übertragungen: jetzt ${now}, höchstens ${most}`,
    graphOfDay: (day, now) => `Speicher am ${day}, mit alten Fassungen und offenen Übertragungen: ${now}`,
    oldVersions: 'Alte Fassungen',
    openUploads: 'Offene Übertragungen',
    inAll: 'Zusammen',
    ofCap: (size, cap) => `${size} von ${cap} GB`,
    measured: 'Gemessen',
  },

  recharge: {
    title: 'Guthaben kaufen',
    iapPlace: 'zur Seite von Odoo, auf der Guthaben gekauft wird,',
    place: 'zur Seite, auf der Guthaben gekauft wird,',
    leads: (place, link) =>
      html`In wenigen Sekunden werden Sie ${place} geführt. Geschieht das nicht, dann folgen Sie ${link('diesem Link')}.`,
  },

  particulars,
  problems: {
    titles: {
      400: 'Ungültige Anfrage',
      401: 'Anmeldung nötig',
      402: 'Zahlung nötig',
      403: 'Nicht erlaubt',
      404: 'Nicht gefunden',
      408: 'Zu langsam',
      409: 'Im Augenblick nicht möglich',
      413: 'Zu groß',
      415: 'Nicht lesbar',
      429: 'Zu viele Anfragen',
      431: 'Zu groß',
      500: 'Fehler',
      503: 'Im Augenblick nicht erreichbar',
    },
    titlesOf: { no_online_payment: 'Hier wird kein Guthaben verkauft' },
    texts: {
      not_found: 'Unter dieser Adresse gibt es nichts.',
      invalid_request:
        'Die Anfrage konnte nicht gelesen werden. Ihre Adresse oder ihr Inhalt ist fehlerhaft.',
      too_large: 'Die Anfrage ist größer, als dieser Dienst annimmt.',
      internal_error:
        'Bei uns ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal; bleibt es dabei, dann sagen Sie dem Betreiber die Uhrzeit.',
      rate_limited:
        'Das waren zu viele Anfragen. Warten Sie ein wenig und versuchen Sie es dann noch einmal.',
      unavailable: 'Im Augenblick geht das nicht. Versuchen Sie es in einer Minute noch einmal.',
      unsupported_media_type: 'So gesendet ist die Anfrage nicht lesbar.',
      no_online_payment: 'Hier kann nichts gekauft werden: Guthaben gibt der Betreiber dieses Dienstes.',
    },
    values: {
      accountId: 'Kennung des Kontos',
      action: 'Was',
      as: 'Was der Bezahldienst zeigt',
      charge: 'Nummer der Forderung',
      credits: 'Guthaben',
      cursor: 'Stelle in der Liste',
      id: 'ein Teil der Adresse',
      instanceId: 'Kennung der Instanz',
      name: 'Name',
      outcome: 'Ergebnis',
      plan: 'Tarif',
      purposes: 'Was die Instanz darf',
      reason: 'Warum',
      reference: 'Beleg',
      until: 'Tag',
    },
    faults: {
      invalid: 'nicht lesbar oder nicht erlaubt',
      required: 'fehlt oder ist zu kurz',
      range: 'zu klein oder zu groß',
      too_long: 'zu lang',
      email: 'keine E-Mail-Adresse',
      address: 'keine Webadresse',
    },
    tooLong: most => `länger als ${most} Zeichen`,
    faulty: what => `Das kann nicht stimmen: ${what}. Gehen Sie zurück und versuchen Sie es noch einmal.`,
  },
}
