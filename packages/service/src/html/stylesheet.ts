/** The one style of all server-rendered pages: system fonts, light and dark, from 320 pixels, visible focus. */
export const stylesheet = `
:root{color-scheme:light dark;--ground:#fff;--text:#1c1b22;--quiet:#5f5d6b;--line:#d9d7e0;--card:#f7f6f9;--accent:#714b67;--on-accent:#fff;--danger:#a3261b;--good:#1d6b3a;--warn:#8a5a00}
@media (prefers-color-scheme:dark){:root{--ground:#17161b;--text:#eceaf2;--quiet:#a9a6b6;--line:#3a3843;--card:#201f26;--accent:#c79bbb;--on-accent:#1c1119;--danger:#ff8f82;--good:#7fd39d;--warn:#f0bd5e}}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
body{margin:0;background:var(--ground);color:var(--text);overflow-wrap:anywhere}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.5rem 1rem;z-index:1}
header.top{border-bottom:1px solid var(--line)}
header.top>div,main{max-width:56rem;margin:0 auto;padding:.75rem 1rem}
header.top>div{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:baseline}
header.top strong{margin-right:auto}
main{padding-bottom:4rem}
h1{font-size:1.6rem;line-height:1.25;margin:1.25rem 0 .75rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
a{color:var(--accent)}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:1rem 0}
.quiet{color:var(--quiet);font-size:.9rem}
.good{color:var(--good)}.warn{color:var(--warn)}.danger{color:var(--danger)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem}
dt{color:var(--quiet)}dd{margin:0}
label{display:block;margin:.75rem 0 .25rem}
label.choice{display:flex;gap:.5rem;align-items:baseline}
input[type=text],input[type=password],input[type=email],input[type=number],select,textarea{font:inherit;width:100%;max-width:28rem;padding:.5rem .6rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--ground);color:var(--text)}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
button,.button{display:inline-block;font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.1rem;border-radius:.4rem;border:1px solid var(--accent);background:var(--accent);color:var(--on-accent);text-decoration:none;cursor:pointer}
button.plain,.button.plain{background:transparent;color:var(--accent)}
button.danger,.button.danger{background:transparent;color:var(--danger);border-color:var(--danger)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
code,kbd{font:.9em ui-monospace,SFMono-Regular,Menlo,monospace}
pre,.code{font:.9rem/1.45 ui-monospace,SFMono-Regular,Menlo,monospace;background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;overflow-x:auto;white-space:pre-wrap}
@media (prefers-reduced-motion:no-preference){a,button,.button{transition:opacity .15s}button:hover,.button:hover{opacity:.85}}
`
