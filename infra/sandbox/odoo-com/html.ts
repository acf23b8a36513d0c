const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] ?? character)
}

/** A page that says of itself that it is a stand-in. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem}
input,button{font:inherit;padding:.4rem .8rem}label{display:block;margin:.6rem 0}label input{display:block;width:100%;box-sizing:border-box}
footer{margin-top:3rem;color:#666;font-size:.85rem}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}
</main><footer>Stand-in for odoo.com in the sandbox</footer></body></html>
`
}

/** Hidden inputs that carry values from one form to the next. */
export function hidden(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('\n')
}
