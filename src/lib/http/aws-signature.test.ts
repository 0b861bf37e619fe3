import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signAwsRequest } from './aws-signature.ts'

// The request, the keys and the signatures are those of AWS's own test suite for Signature Version 4.
const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
}
const NOW = new Date('2015-08-30T12:36:00Z')
const VECTORS = [
  {
    name: 'get-vanilla',
    request: { method: 'GET', headers: {}, body: '' },
    signed: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'post-vanilla',
    request: { method: 'POST', headers: {}, body: '' },
    signed: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-x-www-form-urlencoded',
    request: {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'Param1=value1',
    },
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'post-header-value-case',
    request: { method: 'POST', headers: { 'My-Header1': 'VALUE1' }, body: '' },
    signed: 'host;my-header1;x-amz-date',
    signature: 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  },
]

for (const { name, request, signed, signature } of VECTORS) {
  test(`a request is signed as AWS signs it in its test suite: ${name}`, () => {
    const headers = signAwsRequest({ ...request, url: 'https://example.amazonaws.com/' }, KEYS, NOW)
    assert.equal(headers['x-amz-date'], '20150830T123600Z')
    assert.equal(
      headers.authorization,
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    )
  })
}
