import assert from 'node:assert/strict'
import { test } from 'node:test'
import { couponValuesOf } from './person.ts'

function linkOf(
  storeKind: 'custom' | 'shopify',
  path: string,
  storeUrl: string | null = 'https://shop.example/',
): unknown {
  const codes = couponValuesOf([
    { name: 'SPRING', code: 'SPRING-7K2', expiresAt: null, storeUrl, storeKind, isRenewable: true },
  ])
  return codes.SPRING?.link?.(path)
}

test('a link to a custom shop carries the code in its query', () => {
  assert.equal(linkOf('custom', '/mugs?size=l'), 'https://shop.example/mugs?size=l&discount=SPRING-7K2')
})

test('a link to a Shopify shop applies the code and goes on to the page', () => {
  assert.equal(linkOf('shopify', '/mugs'), 'https://shop.example/discount/SPRING-7K2?redirect=%2Fmugs')
  assert.equal(
    linkOf('shopify', '/mugs?size=l&a=1'),
    'https://shop.example/discount/SPRING-7K2?redirect=%2Fmugs%3Fsize%3Dl%26a%3D1',
  )
  assert.equal(
    linkOf('shopify', 'https://shop.example/sale'),
    'https://shop.example/discount/SPRING-7K2?redirect=%2Fsale',
  )
})

test('a store without an address has no links', () => {
  assert.equal(linkOf('custom', '/', null), undefined)
})
