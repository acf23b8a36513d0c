/** JSON exactly as Python's `json.dump(value, indent=4)` writes it: everything beyond ASCII is escaped. */
export function pythonJson(value: unknown): string {
  return JSON.stringify(value, null, 4).replace(
    /[\u007f-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
