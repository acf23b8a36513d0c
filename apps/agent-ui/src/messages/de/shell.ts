import { failureInGerman, germanSaysAll } from '@odoo-backup/protocol'
import type { Messages } from '../en/index.ts'

export const app: Messages['app'] = {
  title: 'Odoo-Sicherungen',
  skip: 'Zum Inhalt springen',
  menu: 'Seiten',
  openMenu: 'Menü',
  dashboard: 'Übersicht',
  backups: 'Sicherungen',
  restore: 'Wiederherstellen',
  jobs: 'Aufträge',
  settings: 'Einstellungen',
  signOut: 'Abmelden',
  light: 'Helle Farben',
  dark: 'Dunkle Farben',
  otherLanguage: 'Sprache',
  loading: 'Lädt …',
  retry: 'Noch einmal versuchen',
  cancel: 'Abbrechen',
  close: 'Schließen',
  back: 'Zurück',
  next: 'Weiter',
  save: 'Speichern',
  saved: 'Gespeichert.',
  largest: 'größter Wert:',
  copy: 'Kopieren',
  copied: 'Kopiert.',
  none: 'keine',
  toOverview: 'Zur Übersicht',
}

export const failures: Messages['failures'] = {
  offline: 'Der Agent antwortet nicht. Vielleicht startet er gerade neu; prüfen Sie, ob sein Dienst läuft.',
  outcomeUnknown:
    'Die Antwort des Agenten blieb aus; ob das geschehen ist, ist nicht bekannt. Sehen Sie hier und bei den Aufträgen nach, bevor Sie es noch einmal tun; was Sie sehen, wird neu gelesen.',
  unknown: 'Etwas ging schief, das der Agent nicht erklärt hat. Sein Protokoll sagt mehr.',
  sessionOver:
    'Sie wurden abgemeldet: nach einer halben Stunde ohne Eingabe, nach zwölf Stunden in jedem Fall, oder weil der Agent neu gestartet ist. Was Sie eingegeben haben, steht noch da.',
  signedOut:
    'Das ist nicht geschehen, weil Sie inzwischen abgemeldet wurden. Melden Sie sich an und versuchen Sie es noch einmal.',
  nothingKept:
    'Dieser Browser merkt sich für diese Seite nichts; so könnte sie Ihre Anmeldung nicht von einer fremden unterscheiden. Erlauben Sie ihm, Daten dieser Seite zu speichern, oder rufen Sie auf dem Server odoo-backup login auf.',
  login: 'Anmelden',
  recharge: 'Guthaben kaufen',
  ofCode: code => failureInGerman(code) ?? '',
  saysAll: germanSaysAll,
  technical: 'Einzelheiten zeigen',
  inForm: 'Etwas im Formular stimmt nicht; es ist dort markiert.',
}
