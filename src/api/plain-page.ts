/** A page for people who are no users of the dashboard: one file, no script. `body` is HTML: escape what goes into it. */
export function plainPage(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:12vh auto 3rem;padding:0 1.25rem}
h1{font-size:1.6rem;line-height:1.25}fieldset{border:1px solid color-mix(in srgb,currentColor 22%,transparent);border-radius:.6rem;margin:1.25rem 0;padding:.5rem 1rem .9rem}
legend{font-weight:600;padding:0 .4rem}label{display:flex;gap:.7rem;padding:.4rem 0;align-items:baseline;overflow-wrap:anywhere}
input[type=checkbox]{width:1.1rem;height:1.1rem;accent-color:#1f7062;flex:none;translate:0 .15rem}small{display:block;opacity:.75}
button{font:inherit;padding:.6rem 1.2rem;border-radius:.5rem;border:0;background:#1f7062;color:#fff;cursor:pointer}
button:focus-visible,input:focus-visible{outline:3px solid color-mix(in srgb,#1f7062 55%,transparent);outline-offset:2px}
.done{border-left:4px solid #1f7062;padding:.4rem .9rem;background:color-mix(in srgb,#1f7062 12%,transparent)}
</style></head><body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
