/**
 * Colours and corners of all pages, the same as those of the agent's web interface
 * (`apps/agent-ui/src/style/tokens.css`): light, and what is different in the dark.
 */
export const LIGHT = {
  surface: '#f6f7f9',
  panel: '#ffffff',
  'panel-sunk': '#eef0f3',
  line: '#d5d9e0',
  text: '#1b2330',
  'text-soft': '#566072',
  accent: '#0f766e',
  'accent-strong': '#0b5c56',
  'on-accent': '#ffffff',
  good: '#15703c',
  'good-soft': '#e3f4e9',
  warn: '#8a5300',
  'warn-soft': '#fdf1dc',
  bad: '#b3261e',
  'bad-soft': '#fce8e6',
  focus: '#1d4ed8',
  bar: '#7fb5b0',
  radius: '10px',
} as const

export const DARK: Readonly<Partial<Record<keyof typeof LIGHT, string>>> = {
  surface: '#10141b',
  panel: '#181e27',
  'panel-sunk': '#212935',
  line: '#37414f',
  text: '#e8ecf2',
  'text-soft': '#a7b1c0',
  accent: '#5eead4',
  'accent-strong': '#99f6e4',
  'on-accent': '#06302c',
  good: '#7ddba0',
  'good-soft': '#14301f',
  warn: '#f4c06a',
  'warn-soft': '#382a10',
  bad: '#ff9d94',
  'bad-soft': '#3d1a18',
  focus: '#93c5fd',
  bar: '#3f8d86',
}

/** Odoo's own accent, for pages that stand where its database manager stood. */
export const ODOO = {
  light: { accent: '#714b67', 'accent-strong': '#5a3c52', 'on-accent': '#ffffff' },
  dark: { accent: '#c79bbb', 'accent-strong': '#dcbcd3', 'on-accent': '#1c1119' },
} as const

export function declarations(tokens: Readonly<Record<string, string>>): string {
  return Object.entries(tokens)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')
}
