/** The one stylesheet of all pages: light and dark, from 320 px up, no request to anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2326; --soft: #5b666b; --line: #d9dfe1; --ground: #f6f7f6; --card: #fff; --accent: #1f6f54; --on: #fff; --bad: #a3291c; --good: #1f6f54; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ecea; --soft: #9aa7a3; --line: #323b3a; --ground: #14191a; --card: #1c2324; --accent: #66c2a1; --on: #10201a; --bad: #ff9384; --good: #7fd1b3; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; min-height: 100vh; display: flex; flex-direction: column; }
a { color: var(--accent); text-underline-offset: 3px; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
.bar, main, footer { width: 100%; max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
.bar { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding-block: .9rem; }
.brand { font-weight: 700; font-size: 1.1rem; color: var(--ink); text-decoration: none; margin-right: auto; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
nav a { text-decoration: none; }
main { flex: 1; padding-block: 1.75rem 3rem; }
footer { color: var(--soft); font-size: .875rem; padding-block: 1rem 2rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); padding: 0; margin: 0; list-style: none; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem; }
.product { display: flex; flex-direction: column; gap: .25rem; height: 100%; color: inherit; text-decoration: none; }
.product:hover { border-color: var(--accent); }
.product strong { font-size: 1.05rem; }
.picture { aspect-ratio: 4 / 3; border-radius: .4rem; margin-bottom: .6rem; display: grid; place-items: center; font-size: 2.4rem; font-weight: 700; color: #fff; }
.columns { display: grid; gap: 1.5rem; grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr); align-items: start; }
@media (max-width: 46rem) { .columns { grid-template-columns: minmax(0, 1fr); } }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .8rem; line-height: 1.5rem; color: var(--soft); white-space: nowrap; }
.badge.good { color: var(--good); } .badge.bad { color: var(--bad); }
label { display: block; font-weight: 600; margin: .8rem 0 .25rem; }
label.inline { display: flex; gap: .5rem; align-items: baseline; font-weight: 400; }
input:not([type]), input[type=text], input[type=email], input[type=number], input[type=search], input[type=datetime-local], select, textarea { width: 100%; padding: .55rem .7rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: .4rem; }
input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button, .button { font: inherit; font-weight: 600; padding: .55rem 1.1rem; border: 1px solid var(--accent); border-radius: .4rem; background: var(--accent); color: var(--on); cursor: pointer; text-decoration: none; display: inline-block; }
button.quiet, .button.quiet { background: transparent; color: var(--accent); }
button.danger { background: transparent; border-color: var(--bad); color: var(--bad); }
button.link { border: 0; background: none; color: var(--accent); padding: 0; font-weight: 400; text-decoration: underline; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: 1rem 0 0; }
.row { display: flex; gap: .6rem; align-items: end; flex-wrap: wrap; }
.row > :first-child { flex: 1 1 10rem; }
.row label { margin-top: 0; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .55rem .75rem .55rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-size: .875rem; color: var(--soft); font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 0; }
.scroll { overflow-x: auto; }
.number:not(:last-child) { padding-right: .9rem !important; }
.card > :first-child { margin-top: 0; }
.card > table + form { margin-top: 1rem; }
.card p.small { margin: .3rem 0 0; }
.total td { font-weight: 700; border-bottom: 0; }
code { font: .92em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.notice { border-left: 4px solid var(--soft); background: var(--card); padding: .7rem 1rem; border-radius: 0 .4rem .4rem 0; margin: 0 0 1rem; }
.notice.bad { border-color: var(--bad); } .notice.good { border-color: var(--good); }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem 1.25rem; margin: 0; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } dl.facts dd { margin-bottom: .6rem; } }
`
