import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Emulator, openEmulator } from '../emulator.ts'
import { createBasic } from '../test-client.ts'
import { safePath } from './routes.ts'

let emulator: Emulator

before(async () => {
  emulator = await openEmulator()
})

after(() => emulator.close())

/** A browser that keeps the cart's cookie and follows redirects one by one. */
class Visitor {
  #cookie = ''

  async open(path: string, fields?: Record<string, string>): Promise<{ status: number; path: string; text: string }> {
    const response = await fetch(`${emulator.url}${path}`, {
      redirect: 'manual',
      headers: this.#cookie ? { cookie: this.#cookie } : {},
      ...(fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}),
    })
    this.#cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.#cookie
    const location = response.headers.get('location')
    return location ? this.open(location) : { status: response.status, path, text: await response.text() }
  }
}

function variantOf(handle: string): number {
  return [...emulator.shop.products.values()].find((product) => product.handle === handle)?.variants[0]?.id ?? 0
}

test('a discount link keeps its code for the visit, and the checkout takes it off', async () => {
  await createBasic(emulator, 'LINK', { usageLimit: 1 })
  const visitor = new Visitor()
  const landed = await visitor.open('/discount/LINK?redirect=%2Fproducts%2Fenamel-mug')
  assert.equal(landed.path, '/products/enamel-mug')
  await visitor.open('/cart/add', { variant: String(variantOf('enamel-mug')), quantity: '1' })
  const checkout = await visitor.open('/checkout')
  assert.match(checkout.text, /−\$1\.80/)
  const order = await visitor.open('/checkout', { email: 'ann@example.com', country: 'CA' })
  assert.match(order.path, /^\/orders\//)
  assert.match(order.text, /is confirmed/)
  assert.equal(emulator.shop.codes.get('LINK')?.uses, 1)
})

test('a used code is refused at the next checkout with its reason, and nothing is bought', async () => {
  await createBasic(emulator, 'SPENT', { usageLimit: 1 })
  const path = `/cart/${variantOf('wool-socks')}:1?discount=SPENT`
  const first = new Visitor()
  await first.open(path)
  await first.open('/checkout', { email: 'ann@example.com' })
  const orders = emulator.shop.orders.size
  const second = new Visitor()
  await second.open(path)
  const refused = await second.open('/checkout', { email: 'bob@example.com' })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /DISCOUNT_USAGE_LIMIT_REACHED/)
  assert.equal(emulator.shop.orders.size, orders)
})

test('a permalink fills the cart and opens the checkout; an unknown variant is not found', async () => {
  const visitor = new Visitor()
  const page = await visitor.open(`/cart/${variantOf('enamel-mug')}:3,${variantOf('wool-socks')}:1?discount=NOPE`)
  assert.equal(page.path, '/checkout')
  assert.match(page.text, /3 × Enamel Mug/)
  assert.match(page.text, /DISCOUNT_NOT_FOUND/)
  assert.equal((await visitor.open('/cart/1:1')).status, 404)
})

test('what a visitor types is shown as text, never as markup', async () => {
  const visitor = new Visitor()
  await visitor.open('/cart/add', { variant: String(variantOf('enamel-mug')) })
  const page = await visitor.open('/cart/discount', { code: '<script>alert(1)</script>', back: '/checkout' })
  assert.equal(page.text.includes('<script>alert'), false)
  assert.match(page.text, /&lt;script&gt;/)
})

test('a link leads to a path of this shop only', () => {
  assert.deepEqual(['/a?b=c', '//evil.example', 'https://evil.example', '/\\evil.example', undefined].map(safePath), [
    '/a?b=c',
    '/',
    '/',
    '/',
    '/',
  ])
})

test('a merchant edits and deletes in the admin, and the code goes with the discount', async () => {
  await createBasic(emulator, 'DRIFT')
  const discount = emulator.shop.codes.get('DRIFT')?.discount
  const visitor = new Visitor()
  await visitor.open(`/admin/discounts/${discount?.id}`, {
    title: 'Changed',
    percent: '25',
    startsAt: '2020-01-01T00:00',
    endsAt: '',
    usageLimit: '',
  })
  assert.deepEqual(
    [discount?.title, discount?.value.kind === 'percentage' && discount.value.basisPoints],
    ['Changed', 2500],
  )
  const wrong = await visitor.open(`/admin/discounts/${discount?.id}`, { title: 'Wrong', percent: '250' })
  assert.equal(wrong.status, 422)
  assert.equal(discount?.title, 'Changed')
  assert.match((await visitor.open('/admin?q=drift')).text, /Changed/)
  await visitor.open(`/admin/discounts/${discount?.id}/state`, { change: 'delete' })
  assert.equal(emulator.shop.codes.has('DRIFT'), false)
})

test('every page of the admin opens', async () => {
  const visitor = new Visitor()
  const order = [...emulator.shop.orders.keys()][0]
  for (const path of [
    '/admin',
    '/admin/orders',
    `/admin/orders/${order}`,
    '/admin/webhooks',
    '/admin/emulator',
    '/cart',
    '/',
  ]) {
    const page = await visitor.open(path)
    assert.deepEqual([page.status, page.text.startsWith('<!doctype html>')], [200, true], path)
  }
})
