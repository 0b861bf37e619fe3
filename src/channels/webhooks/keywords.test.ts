import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKeyword } from './keywords.ts'

test('the keywords count in any case, with blanks and punctuation around or inside them', () => {
  const out = [
    'STOP',
    'stopall',
    'Stop All',
    'UNSUBSCRIBE',
    'end',
    'Quit!',
    ' cancel ',
    'REVOKE.',
    'opt-out',
    'ＳＴＯＰ',
    '«stop»',
  ]
  for (const text of out) assert.equal(readKeyword(text), 'opted_out', text)
  for (const text of ['HELP', 'help?', 'Info']) assert.equal(readKeyword(text), 'help', text)
  for (const text of ['START', 'start 👍', 'UNSTOP']) assert.equal(readKeyword(text), 'opted_in', text)
})

test('a text that only contains a keyword is none', () => {
  for (const text of ['', '👍', 'please do not stop', 'the end is near', 'stopp', 'yes', 'constructor', 'Ende'])
    assert.equal(readKeyword(text), undefined, text)
})
