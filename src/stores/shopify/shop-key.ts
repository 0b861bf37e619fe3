/** Which store of which account a call is about. */
export type ShopKey = { accountId: string; storeId: string }
