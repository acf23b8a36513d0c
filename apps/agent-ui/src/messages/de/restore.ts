import type { Messages } from '../en/index.ts'

export const restore: Messages['restore'] = {
  title: 'Sicherung wiederherstellen',
  choose: 'Welche Sicherung?',
  chosen: 'Sicherung',
  change: 'Eine andere wählen',
  target: 'Name der wiederhergestellten Datenbank',
  targetHelp: 'Buchstaben, Ziffern, Unterstriche, Punkte und Bindestriche.',
  exists: 'Eine Datenbank dieses Namens gibt es schon.',
  replace: 'Ersetzen',
  replaceHelp:
    'Die jetzige Datenbank und ihre Dateien bleiben unter einem Namen mit Datum erhalten, sodass Sie zurück können.',
  typeName: name => `Geben Sie ${name} ein, um das Ersetzen zu bestätigen`,
  asCopy: 'Eine Kopie neben dem Original',
  asCopyHelp: 'Sie bekommt eigene Kennungen, damit Odoo sie nicht für das Original hält.',
  moved: 'Das Original, hierher umgezogen',
  movedHelp: 'Wählen Sie das, wenn es das Original nicht mehr gibt.',
  neutralise: 'Stilllegen: keine E-Mails, keine geplanten Aktionen, keine Zahlungen',
  neutraliseHelp: 'Für jede Kopie, die in der wirklichen Welt nichts tun soll.',
  password: 'Passwort der Verschlüsselung',
  start: 'Wiederherstellen',
  open: 'Datenbank öffnen',
  upload: 'Oder eine eigene Datei wiederherstellen',
  uploadFile: 'Sicherungsdatei (.zip, .dump oder .enc)',
  uploading: 'Wird hochgeladen …',
}
