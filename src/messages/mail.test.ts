import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileMail, couponsShownTo, type MailContent, type RenderedMail, renderMail } from './mail.ts'

const NOW = new Date('2027-03-01T09:00:00Z')
const COUPONS = { WELCOME20: { code: 'WELCOME20-ABC', expiresAt: null } }

function content(given: Partial<MailContent>): MailContent {
  return { subject: 'Hello', previewText: '', html: '<p>{% unsubscribe %}</p>', text: null, ...given }
}

function render(given: Partial<MailContent>, context: Record<string, unknown> = {}): RenderedMail {
  const links = { unsubscribe: 'https://shop.example/u', preferences: 'https://shop.example/u' }
  const options = { mode: 'send' as const, now: NOW, timeZone: 'UTC', coupons: COUPONS, links }
  return renderMail(compileMail(content(given)), context, options)
}

const codesOf = (given: Partial<MailContent>): string[] => compileMail(content(given)).issues.map(({ code }) => code)

test('names are escaped in the HTML, and as they are in the subject, the preview text and the plain text', () => {
  const mail = render(
    {
      subject: '{{ first_name }}',
      previewText: '{{ first_name }}!',
      html: '<p>{{ first_name }}</p>',
      text: '{{ first_name }}',
    },
    { first_name: 'Ann & <b>Bo</b>' },
  )
  assert.equal(mail.subject, 'Ann & <b>Bo</b>')
  assert.equal(mail.previewText, 'Ann & <b>Bo</b>!')
  assert.equal(mail.text, 'Ann & <b>Bo</b>')
  assert.match(mail.html, /<p>Ann &amp; &lt;b&gt;Bo&lt;\/b&gt;<\/p>/)
  assert.doesNotMatch(mail.html, /<b>/)
})

test('a line break in a name cannot begin a header of its own', () => {
  const mail = render(
    { subject: 'Hi {{ first_name }}', previewText: '{{ first_name }}' },
    { first_name: 'Ann\r\nBcc: all@example.com' },
  )
  assert.equal(mail.subject, 'Hi Ann Bcc: all@example.com')
  assert.equal(mail.previewText, 'Ann Bcc: all@example.com')
})

test('the preview text stands hidden at the beginning of the body and not in the plain text', () => {
  const mail = render({ previewText: 'Twenty percent', html: '<html><body class="a"><p>Hello</p></body></html>' })
  assert.match(
    mail.html,
    /<body class="a"><div class="onecode-preheader" style="display:none[^>]*>Twenty percent<\/div><p>/,
  )
  assert.equal(mail.text, 'Hello')
  assert.match(render({ previewText: 'First', html: '<p>Hello</p>' }).html, /^<div class="onecode-preheader"/)
  assert.equal(render({ html: '<p>Hello</p>' }).html, '<p>Hello</p>')
})

test('the plain text is made of the HTML: headings keep their case, links show where they lead, pictures go', () => {
  const { text } = render({
    html: '<h1>Your code</h1><p>{% coupon_code \'WELCOME20\' %}</p><p><a href="https://shop.example/x">Shop</a><img src="a.png" alt="A"></p>',
  })
  assert.equal(text, 'Your code\n\nWELCOME20-ABC\n\nShop [https://shop.example/x]')
})

test('a plain text that was written by hand is taken as it is', () => {
  assert.equal(render({ text: 'Code: {% coupon_code "WELCOME20" %}\n\nBye' }).text, 'Code: WELCOME20-ABC\n\nBye')
})

test('a mail without a way to unsubscribe is warned about, not refused', () => {
  const { issues } = compileMail(content({ html: '<p>Hello</p>' }))
  assert.deepEqual(
    issues.map(({ severity, code }) => [severity, code]),
    [['warning', 'unsubscribe_missing']],
  )
  assert.deepEqual(codesOf({ html: '<p>{% unsubscribe %}</p>' }), [])
})

test('a mistake is named with its part and line, and the other parts compile all the same', () => {
  const mail = compileMail(
    content({
      subject: 'Hi {{ first_name|nonsense }}',
      html: '<p>\n{% nonsense %}\n{% unsubscribe %}</p>',
      text: 'fine',
    }),
  )
  assert.deepEqual(
    mail.issues.filter((issue) => issue.severity === 'error').map(({ part, line }) => [part, line]),
    [
      ['subject', 1],
      ['html', 2],
    ],
  )
  assert.deepEqual([mail.parts.subject, mail.parts.html], [null, null])
  assert.ok(mail.parts.text)
})

test('coupons of all parts count, each once, also those inside conditions; a person needs only those that they see', () => {
  const mail = compileMail(
    content({
      subject: "{% coupon_code 'ONE' %}",
      html: "{% if vip %}{% coupon_code 'TWO' %}{% endif %}{% coupon_code 'ONE' %}{% unsubscribe %}",
    }),
  )
  assert.deepEqual(mail.coupons, ['ONE', 'TWO'])
  const shown = (vip: boolean): string[] => couponsShownTo(mail, { vip }, { now: NOW, timeZone: 'UTC' })
  assert.deepEqual(shown(false), ['ONE'])
  assert.deepEqual(shown(true), ['ONE', 'TWO'])
})
