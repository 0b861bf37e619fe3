import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../lib/ids.ts'
import { linkToken, messageToken, readLinkToken, readMessageToken } from './token.ts'

const SECRETS = ['s'.repeat(32)]
const ids = () => ({ accountId: newId(), messageId: newId() })

test('a token leads back to its message and link, and is short', () => {
  const given = { ...ids(), link: 2000, links: 2000 }
  const token = linkToken(SECRETS, given)
  assert.match(token, /^[\w-]{70}$/)
  assert.deepEqual(readLinkToken(SECRETS, token), given)
  const message = ids()
  const view = messageToken(SECRETS, 'view', message)
  assert.match(view, /^[\w-]{65}$/)
  assert.deepEqual(readMessageToken(SECRETS, 'view', view), message)
})

test('a token that was changed anywhere, cut off, made with another secret or for another kind of address is refused', () => {
  const token = linkToken(SECRETS, { ...ids(), link: 1, links: 3 })
  for (let at = 0; at < token.length; at += 1) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    assert.equal(readLinkToken(SECRETS, changed), undefined, `changed at ${at}`)
  }
  for (const bad of ['', 'x', token.slice(1), token.slice(0, -1), `${token}A`, `A${token}`])
    assert.equal(readLinkToken(SECRETS, bad), undefined)
  assert.equal(readLinkToken(['t'.repeat(32)], token), undefined)
  const open = messageToken(SECRETS, 'open', ids())
  assert.equal(readMessageToken(SECRETS, 'view', open), undefined)
  assert.equal(readLinkToken(SECRETS, open), undefined)
  assert.equal(readMessageToken(SECRETS, 'open', token), undefined)
})

test('what an older secret signed still opens after a new one was put before it; the new one signs', () => {
  const old = linkToken(['old'.repeat(12)], { ...ids(), link: 1, links: 1 })
  const both = ['new'.repeat(12), 'old'.repeat(12)]
  assert.ok(readLinkToken(both, old))
  assert.ok(readLinkToken(['new'.repeat(12)], linkToken(both, { ...ids(), link: 1, links: 1 })))
})
