import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChannelKeeper, keepChannels } from './channel-keeper.ts'
import type { SenderRow } from './senders.sql.ts'

type FakeChannel = AsyncDisposable & { name: string }

const rowOf = (id: string, revision = 1) => ({ id, revision, dkim: null }) as SenderRow

function open(): { keeper: ChannelKeeper<FakeChannel>; opened: string[]; closed: string[] } {
  const [opened, closed]: [string[], string[]] = [[], []]
  const channel = (name: string): FakeChannel => {
    opened.push(name)
    return { name, [Symbol.asyncDispose]: async () => void closed.push(name) }
  }
  const fallback = channel('fallback')
  const keeper = keepChannels({ open: (row) => channel(`${row.id} ${row.revision}`), fallback })
  return { keeper, opened, closed }
}

test('one channel serves all who work with a sender at once, and stays open for the next', async () => {
  const { keeper, opened, closed } = open()
  {
    await using first = await keeper.lend('a', rowOf('x'))
    await using second = await keeper.lend('a', rowOf('x'))
    assert.equal(first.channel, second.channel)
    await using other = await keeper.lend('b', rowOf('x'))
    assert.notEqual(other.channel, first.channel, 'accounts share nothing')
  }
  await using again = await keeper.lend('a', rowOf('x'))
  assert.equal(again.channel.name, 'x 1')
  assert.deepEqual([opened, closed], [['fallback', 'x 1', 'x 1'], []])
})

test('a channel whose sender was changed, or is active no more, is closed when the last one has done with it', async () => {
  for (const next of [rowOf('x', 2), rowOf('y'), undefined]) {
    const { keeper, closed } = open()
    const first = await keeper.lend('a', rowOf('x'))
    const second = await keeper.lend('a', rowOf('x'))
    await using newer = await keeper.lend('a', next)
    assert.equal(newer.channel.name, next ? `${next.id} ${next.revision}` : 'fallback')
    await first[Symbol.asyncDispose]()
    assert.deepEqual(closed, [], 'somebody works with it')
    await second[Symbol.asyncDispose]()
    assert.deepEqual(closed, ['x 1'])
  }
})

test('in the end all channels are closed, the fallback too', async () => {
  const { keeper, closed } = open()
  await (await keeper.lend('a', rowOf('x')))[Symbol.asyncDispose]()
  await (await keeper.lend('b', undefined))[Symbol.asyncDispose]()
  await keeper[Symbol.asyncDispose]()
  assert.deepEqual(closed, ['x 1', 'fallback'])
})
