export type ShopIdKind = 'Product' | 'Collection' | 'Customer' | 'Segment'

/** `gid://shopify/Product/123`, of an id that may have been given as the number alone. */
export function toGid(kind: ShopIdKind, id: string): string {
  return id.startsWith('gid://') ? id : `gid://shopify/${kind}/${id}`
}

/** The number of an id, however it was given. */
export function numberOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}
