import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asMessageId, makeMessageId, parseMessageId } from './message-id.ts'

const ID = '01890000-0000-7000-8000-000000000001'

test('a Message-ID names message and attempt at the domain of the sender, and is read back', () => {
  const cases = [
    ['"Café" <shop@linden.example>', 'linden.example'],
    ['shop@linden.example', 'linden.example'],
    ['<shop@größe.example>', 'xn--gre-6ka8i.example'],
    ['nobody', 'localhost'],
  ] as const
  for (const [from, domain] of cases) {
    const made = makeMessageId({ messageId: ID, attempt: 12, from })
    assert.equal(made, `<${ID}.12@${domain}>`)
    assert.deepEqual(parseMessageId(made), { messageId: ID, attempt: 12 })
  }
})

test("a Message-ID that is not ours, and a value that is no id, are nobody's", () => {
  const foreign = ['', '<abc@linden.example>', `<${ID}@linden.example>`, `<x${ID}.1@a.example>`, `<${ID}.1@a> <b@c>`]
  for (const header of [...foreign, `<${ID.replaceAll('-', '0')}.1@a.example>`])
    assert.equal(parseMessageId(header), undefined, header)
  for (const value of [undefined, null, 7, [ID], `${ID}0`, "' or 1=1", '']) assert.equal(asMessageId(value), null)
  assert.equal(asMessageId(ID.toUpperCase()), ID)
})
