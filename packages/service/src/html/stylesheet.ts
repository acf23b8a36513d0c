import { DARK, declarations, LIGHT, ODOO } from './tokens.ts'

/** Each row of a table as a card, in windows up to a width; its parts beside each other where there is room. */
function cards(table: string, maxWidth: string): string {
  return `@media (max-width:${maxWidth}){
${table} thead{position:absolute;clip-path:inset(50%)}
${table} tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(18rem,100%),1fr));gap:.15rem 1rem;padding:.75rem .9rem;border-bottom:1px solid var(--line)}
${table} tbody tr:last-child{border-bottom:0}
${table} td,${table} tbody th{border:0;padding:0;min-width:0;text-align:start;white-space:normal}
${table} tbody th,${table} td.long,${table} td.parts{grid-column:1/-1}
${table} td:empty{display:none}
${table} td.parts>*+*{display:block}
${table} ul.facts,${table} ul.facts li:first-child{display:inline}
${table} td[data-label]::before{content:attr(data-label) ": ";color:var(--text-soft)}
}
`
}

/**
 * The one style of all server-rendered pages: system fonts, light and dark as the system has it, from 320 pixels,
 * visible focus. Tables of the class `cards` become cards where they have no room; those of many columns sooner, and
 * those of file names, which then have a line of their own, and their sizes below each other, before the link at its end. A word of ours
 * in a table is never broken, which makes its column wide enough; what somebody else wrote, or a key, may be. The name of a fieldset stands inside of it on a phone, where its several lines would tear the border open.
 */
const shared = `
*,*::before,*::after{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
.skip{position:absolute;left:-9999px}
.skip:focus{left:1rem;top:.5rem;background:var(--panel);padding:.5rem 1rem;z-index:1}
header.top{background:var(--panel);border-bottom:1px solid var(--line)}
header.top>div,main{max-width:72rem;margin:0 auto;padding:.5rem clamp(.75rem,3vw,1.5rem)}
header.top>div{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center}
.brand{font-weight:650;display:flex;align-items:center;gap:.5rem;margin-right:auto}
.brand svg{width:1.6rem;height:1.6rem}
header.top nav{display:flex;flex-wrap:wrap;gap:.25rem}
header.top nav a{padding:.4rem .7rem;border-radius:6px;text-decoration:none;color:var(--text-soft)}
header.top nav a[aria-current]{background:var(--panel-sunk);color:var(--text);font-weight:600}
@media (max-width:60rem){
header.top nav{order:1;flex-basis:100%;margin-inline:-.5rem}
header.top nav a{padding:.3rem .5rem}
}
@media (max-width:30rem){
header.top nav{gap:0}
header.top nav a{font-size:.9rem}
}
main{padding-bottom:4rem}
footer{max-width:72rem;margin:0 auto;padding:.5rem clamp(.75rem,3vw,1.5rem) 1.5rem;font-size:.875rem}
footer nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
footer nav>*{padding:.25rem 0}
nav.places{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h1{font-size:1.5rem;margin:1.25rem 0 .75rem}
@media (max-width:30rem){h1{font-size:1.3rem}}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:1rem 0 .5rem}
p{margin:.75rem 0}
a{color:var(--accent)}
.card{background:var(--panel);border:1px solid var(--line);border-radius:var(--radius);padding:1rem 1.1rem;margin:1rem 0;min-width:0}
.card>:first-child,.card>[type=hidden]+label{margin-top:0}
.card>:last-child,.card>form:last-child>:last-child,.card>details:last-child>form:last-child>:last-child{margin-bottom:0}
.card.good,.card.warn,.card.danger{border-color:currentcolor}
.card.good{background:var(--good-soft)}.card.warn{background:var(--warn-soft)}.card.danger{background:var(--bad-soft)}
.card.warn a:not(.button),.card.good a:not(.button),.card.danger a:not(.button){color:inherit}
.quiet{color:var(--text-soft);font-size:.875rem}
.good{color:var(--good)}.warn{color:var(--warn)}.danger{color:var(--bad)}
.badge{display:inline-block;border:1px solid currentcolor;border-radius:999px;padding:.05rem .6rem;font-size:.8125rem;white-space:nowrap}
.grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(8rem,100%),1fr))}
.grid.wide{grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr))}
.grid>.card{margin:0}
.figure{font-size:1.5rem;font-weight:650;margin:0}
.figure+p{margin:.25rem 0 0}
.graph{display:grid;grid-template-columns:auto 1fr;gap:.25rem .6rem;margin:.75rem 0}
.graph .scale,.graph .days{display:flex;justify-content:space-between;white-space:nowrap}
.graph .scale{flex-direction:column;text-align:end;line-height:1}
.graph .days{grid-column:2}
.graph svg{height:8rem;width:100%;color:var(--bar);border-block:1px solid var(--line)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
.table,.scroll{border:1px solid var(--line);border-radius:var(--radius);background:var(--panel);margin:.75rem 0}
.table{overflow-x:auto}
th,td{text-align:start;vertical-align:top;padding:.55rem .8rem;border-bottom:1px solid var(--line);overflow-wrap:break-word}
td :is(bdi,code){overflow-wrap:anywhere}
tbody tr:last-child>*{border-bottom:0}
caption{text-align:start;padding:.55rem .8rem;color:var(--text-soft)}
td.number,th.number{text-align:end;font-variant-numeric:tabular-nums}
thead th,.whole,time,time.parted>*{white-space:nowrap}
.part,footer p a{display:inline-block;max-width:100%}
time.parted{white-space:normal}
th.wide{width:100%}
th.wide bdi{overflow-wrap:anywhere}
td.long{min-width:12rem}
td.told{min-width:17rem}
td.details{min-width:21rem}
td.purposes{min-width:11rem}
thead th{vertical-align:bottom}
thead th.number{white-space:normal}
td.parts{min-width:11rem}
td.parts>*{display:inline-block}
ul.facts{list-style:none;margin:0;padding:0}
${cards('table.cards', '46rem')}${cards('table.cards.many', '72rem')}${cards('table.cards.named', '58rem')}@media (max-width:58rem){
table.cards.named tr{display:flex;flex-wrap:wrap;column-gap:1.25rem}
table.cards.named tbody th{flex:0 0 100%;min-width:0}
table.cards.named td.number{margin-inline-start:auto;text-align:end}
}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:.75rem 0}
dt{color:var(--text-soft)}dd{margin:0}
@media (max-width:26rem){dl{grid-template-columns:1fr}dd{margin:0 0 .4rem}}
fieldset{border:1px solid var(--line);border-radius:var(--radius);padding:.75rem 1rem 1rem;margin:.75rem 0;min-width:0}
legend{font-weight:600;padding:0 .35rem}
@media (max-width:30rem){legend{float:left;width:100%;padding:0;margin-bottom:.5rem}legend+*{clear:left}}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}
label.choice{display:flex;gap:.6rem;align-items:flex-start}
label:has(>[type=radio],>[type=checkbox]){font-weight:400}
[type=radio],[type=checkbox]{accent-color:var(--accent);width:1.1rem;height:1.1rem}
:is([type=radio],[type=checkbox]):enabled:not(:checked){appearance:none;border:1px solid var(--text-soft);border-radius:3px;background:var(--panel)}
[type=radio]:enabled:not(:checked){border-radius:50%}
input,select,textarea,button{font:inherit;color:inherit}
::placeholder{color:var(--text-soft);opacity:1}
fieldset>.choice:first-of-type{margin-top:.25rem}
.choice input{margin:.3rem 0 0;flex:none}
input:not([type=checkbox],[type=radio],[type=hidden],[type=file]),select,textarea{width:100%;max-width:34rem;min-height:2.5rem;padding:.35rem .65rem;border:1px solid var(--text-soft);border-radius:8px;background:var(--panel)}
form.search{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:.75rem 0}
form.search>div{flex:1 1 12rem;min-width:0}
form.search>div.wide{flex:2 1 20rem}
@media (max-width:30rem){form.search>div.wide{flex-basis:100%}}
form.search label{margin-top:0}
form.search input:not([type=hidden]),form.search select{max-width:none}
.actions{display:flex;flex-wrap:wrap;align-items:center;gap:.75rem;margin:1rem 0}
button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.5rem;padding:.35rem .95rem;border-radius:8px;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button:hover,.button:hover{background:var(--accent-strong);border-color:var(--accent-strong)}
button.plain,.button.plain{background:var(--panel);color:var(--text);border-color:var(--line);font-weight:400}
button.plain:hover,.button.plain:hover{border-color:var(--text-soft)}
button.danger,.button.danger{background:var(--panel);color:var(--bad);border-color:var(--bad);font-weight:400}
button.danger:hover,.button.danger:hover{background:var(--bad-soft)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:4px}
small[lang]{display:block;margin-top:.25rem;font-size:.875rem}
code,kbd{font:.9em ui-monospace,SFMono-Regular,Menlo,monospace}
pre,.code{font:.9rem/1.45 ui-monospace,SFMono-Regular,Menlo,monospace;background:var(--panel-sunk);border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem;overflow-x:auto;white-space:pre-wrap}
pre span{white-space:nowrap}
progress{width:100%;max-width:34rem;height:.7rem;accent-color:var(--accent)}
form.apart{margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line)}
ul.entries{list-style:none;padding:0}
ul.entries li+li{margin-top:.75rem}
ul.choices{list-style:none;padding:0;display:grid;gap:.75rem;max-width:24rem}
ul.choices a{width:100%}
details>summary{cursor:pointer;min-height:2rem;margin-inline-start:1.1em;list-style-position:outside}
`

function sheet(light: Readonly<Record<string, string>>, dark: Readonly<Record<string, string>>): string {
  return `:root{color-scheme:light dark;${declarations(light)}}
@media (prefers-color-scheme:dark){:root{${declarations(dark)}}}${shared}`
}

/** `own`: as all of the product looks; `odoo`: with the accent of Odoo's database manager. */
export type Look = 'own' | 'odoo'

export const STYLESHEETS: Readonly<Record<Look, string>> = {
  own: sheet(LIGHT, DARK),
  odoo: sheet({ ...LIGHT, ...ODOO.light }, { ...DARK, ...ODOO.dark }),
}
