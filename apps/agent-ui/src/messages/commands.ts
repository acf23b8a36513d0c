/**
 * A command of the agent as messages name it, such as `odoo-backup doctor` or `odoo-backup adopt DATABASE`: what is to
 * be put in its place stands in capitals; or a cron expression such as `30 3 * * *`. The cloud is called odoo-backup.sh,
 * which is none.
 */
const COMMAND = /(\bodoo-backup [a-z]+(?: [A-Z]{2,})*|\b\d+ \d+(?: \*){3})/

/** A text in its parts: every second one is to be typed as it stands. */
export function partsByCommands(text: string): readonly string[] {
  return text.split(COMMAND)
}
