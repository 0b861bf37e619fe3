import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOfHtml } from './text-of-html.ts'

test('the words stay, with the tags of the template', () => {
  const html = `<html><head><title>x</title><style>p { color: red }</style></head><body>
    <h1>Hello {{ first_name|default:'there' }}</h1>
    <p>Your code:<br>{% coupon_code 'WELCOME20' %}</p><p>Tom &amp; Ann</p>
    <!-- hidden --><a href="{% coupon_link 'WELCOME20' '/' %}">Shop</a></body></html>`
  assert.equal(
    textOfHtml(html),
    "Hello {{ first_name|default:'there' }}\n\nYour code:\n{% coupon_code 'WELCOME20' %}\n\nTom & Ann\n\nShop ({% coupon_link 'WELCOME20' '/' %})",
  )
})

test('nothing of a person or of a preview can get into it', () => {
  assert.equal(textOfHtml('<p>{{ email }}</p>'), '{{ email }}')
})
