import type { ImportWorker } from '../discounts/import-worker.ts'
import type { FaultList } from '../faults/fault.ts'
import { FAULT_KINDS } from '../faults/fault.ts'
import { html } from '../pages/html.ts'
import { PLANS } from '../shop/settings.ts'
import { type Shop, toIso } from '../shop/shop.ts'
import { adminPage } from './discount-pages.ts'

export function webhookPage(shop: Shop): string {
  const deliveries = shop.deliveries.slice(-50).reverse()
  const body = html`<h1>Webhooks</h1>
<h2>Subscriptions</h2>
<div class="scroll"><table><thead><tr><th>Topic</th><th>Address</th><th>Filter</th></tr></thead><tbody>${[
    ...shop.subscriptions.values(),
  ].map(
    (one) => html`<tr><td>${one.topic}</td><td><code>${one.uri}</code></td><td>${one.filter ?? ''}</td></tr>`,
  )}${[...shop.app.declaredWebhooks].map(([topic, uri]) => html`<tr><td>${topic}</td><td><code>${uri}</code></td><td class="soft">declared by the app</td></tr>`)}</tbody></table></div>
${shop.subscriptions.size + shop.app.declaredWebhooks.size === 0 ? html`<p class="soft">No app listens.</p>` : null}
<h2>Last deliveries</h2>
<div class="scroll"><table><thead><tr><th>Topic</th><th>State</th><th class="number">Attempts</th><th>Answer</th><th>Time</th></tr></thead><tbody>${deliveries.map(
    (
      one,
    ) => html`<tr><td>${one.topic}<br><code class="small soft">${one.webhookId}</code></td><td><span class="badge ${one.state === 'delivered' ? 'good' : one.state === 'waiting' ? '' : 'bad'}">${one.state}</span></td>
<td class="number">${one.attempts}</td><td>${one.lastStatus}</td><td>${toIso(one.triggeredAt)}</td></tr>`,
  )}</tbody></table></div>
${deliveries.length === 0 ? html`<p class="soft">Nothing was sent yet.</p>` : null}`
  return adminPage(shop, 'Webhooks', body)
}

/** The most used switches as forms; all of them are under `/_emulator`. */
export function emulatorPage(shop: Shop, faults: FaultList, worker: ImportWorker): string {
  const { settings } = shop
  const body = html`<h1>Emulator</h1>
<div class="columns">
<form class="card" method="post" action="/admin/emulator/settings"><h2 style="margin-top: 0">Shop</h2>
<label for="plan">Plan</label><select id="plan" name="plan">${Object.keys(PLANS).map((plan) => html`<option${plan === settings.plan ? html` selected` : null}>${plan}</option>`)}</select>
<label for="codesPerSecond">Codes a second of bulk creations (0 is without limit)</label><input id="codesPerSecond" type="number" name="codesPerSecond" value="${settings.codesPerSecond}" min="0">
<label for="usageLagMs">Lag of usage counts (ms)</label><input id="usageLagMs" type="number" name="usageLagMs" value="${settings.usageLagMs}" min="0">
<label class="inline"><input type="checkbox" name="sellsSubscriptions" value="1"${settings.sellsSubscriptions ? html` checked` : null}> Sells subscriptions</label>
<label class="inline"><input type="checkbox" name="jobsPaused" value="1"${settings.jobsPaused ? html` checked` : null}> Bulk creations stand still</label>
<label class="inline"><input type="checkbox" name="webhooksPaused" value="1"${settings.webhooksPaused ? html` checked` : null}> Webhooks are held back</label>
<p class="actions"><button>Save</button></p></form>
<div>
<form class="card" method="post" action="/admin/emulator/clock"><h2 style="margin-top: 0">Clock</h2><p>${toIso(shop.clock.now())}${shop.clock.isFrozen() ? ' (frozen)' : ''}</p>
<div class="row"><div><label for="minutes">Move by minutes</label><input id="minutes" type="number" name="minutes" value="60"></div><button class="quiet">Move</button></div></form>
<form class="card" method="post" action="/admin/emulator/faults" style="margin-top: 1rem"><h2 style="margin-top: 0">Next fault</h2>
<label for="kind">Kind</label><select id="kind" name="kind">${FAULT_KINDS.map((kind) => html`<option>${kind}</option>`)}</select>
<label for="match">Only documents with this text</label><input id="match" type="text" name="match" placeholder="discountRedeemCodeBulkAdd">
<label for="times">Times</label><input id="times" type="number" name="times" value="1" min="1">
<p class="actions"><button class="quiet">Add</button></p>
${faults.list().length === 0 ? html`<p class="soft small">No fault waits.</p>` : html`<ul>${faults.list().map((fault) => html`<li>${fault.kind} × ${fault.times}${fault.match ? ` on ${fault.match}` : ''}</li>`)}</ul>`}</form>
</div></div>
<h2>App</h2>
<dl class="card facts"><dt>Shop domain</dt><dd><code>${shop.domain}</code></dd><dt>Client id</dt><dd><code>${shop.app.clientId}</code></dd>
<dt>Client secret</dt><dd><code>${shop.app.clientSecret}</code></dd><dt>Scopes</dt><dd>${shop.app.scopes.join(', ')}</dd><dt>Tokens</dt><dd>${[...shop.app.tokens.keys()].map((token) => html`<code>${token}</code><br>`)}</dd>
<dt>Waiting creations</dt><dd>${worker.waiting()}</dd></dl>`
  return adminPage(shop, 'Emulator', body)
}
