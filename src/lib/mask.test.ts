import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskCode } from './mask.ts'

test('a masked code keeps its prefix and its last three characters', () => {
  assert.equal(maskCode('SUMMER-8KJ4WQ2M'), 'SUMMER-•••••Q2M')
  assert.equal(maskCode('A-B-8KJ4WQ2M'), 'A-B-•••••Q2M')
  assert.equal(maskCode('8KJ4WQ2M'), '•••••Q2M')
})

test('a short code shows nothing of its secret part', () => {
  assert.equal(maskCode('VIP-ABC'), 'VIP-•••')
  assert.equal(maskCode(''), '')
})
