/**
 * A command of the agent as messages name it, such as `odoo-backup doctor` or `odoo-backup adopt DATABASE`: what is to
 * be put in its place stands in capitals. The cloud is called odoo-backup.sh, which is none.
 */
const COMMAND = /(\bodoo-backup [a-z]+(?: [A-Z]{2,})*)/

/** A text in its parts: every second one is a command. */
export function partsByCommands(text: string): readonly string[] {
  return text.split(COMMAND)
}
