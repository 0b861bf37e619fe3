import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSenderBody, type Sender } from '../../../../../contract/senders.ts'
import { fieldsOf, toBody, toFormErrors, toValues } from './sender-values.ts'

const empty = { ...toValues(null), provider: 'http' as const, name: 'Service', fields: fieldsOf('http', null) }
const header = (name: string, value: string, isKept = false) => ({ key: name, name, value, isKept })

test('what is filled in for another SMS service is what the API takes, and comes back as it was', () => {
  const values = {
    ...empty,
    fromAddress: '+353861234567',
    headers: [header('Authorization', 'Bearer x'), header('', '')],
    fields: {
      ...empty.fields,
      url: 'https://sms.example',
      acceptedStatuses: '200 202',
      idempotencyHeader: 'X-Id',
      idempotencyMinutes: 60,
    },
  }
  const { setup } = createSenderBody.parse(toBody(values))
  assert.ok(setup.provider === 'http')
  assert.deepEqual(setup.settings.acceptedStatuses, [200, 202])
  assert.deepEqual(setup.settings.idempotency, { header: 'X-Id', minutes: 60 })
  assert.deepEqual(setup.secrets, { authorization: 'Bearer x' })
  const sender = {
    provider: 'http',
    name: 'Service',
    settings: setup.settings,
    secretsSet: ['authorization'],
  } as unknown as Sender
  const again = toValues(sender)
  assert.deepEqual(again.fields, { ...values.fields, idPath: '', acceptedStatuses: '200, 202' })
  assert.deepEqual(again.headers, [header('authorization', '', true)])
  assert.deepEqual(toBody(again).setup?.secrets, {}, 'a header that is kept stays')
  assert.deepEqual(toBody({ ...again, headers: [], dropped: ['authorization'] }).setup?.secrets, {
    authorization: null,
  })
})

test('mistakes stand at their fields, those of a header at its row', () => {
  const headers = [header('X-A', '1'), header('X-B', '2')]
  const told = {
    'setup.settings.url': 'u',
    'setup.secrets.x-b': 'b',
    'setup.settings.idempotency.minutes': 'm',
    'setup.settings.acceptedStatuses.1': 's',
    fromAddress: 'f',
  }
  assert.deepEqual(toFormErrors(told, headers), {
    'fields.url': 'u',
    'headers.1.value': 'b',
    'fields.idempotencyMinutes': 'm',
    'fields.acceptedStatuses': 's',
    fromAddress: 'f',
  })
})
