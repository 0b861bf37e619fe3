const STORAGE_KEY = 'onecode-account'

/** The account that this browser works in; null until a person with several accounts has chosen one. */
export function readAccountId(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}

export function writeAccountId(accountId: string | null): void {
  try {
    if (accountId) localStorage.setItem(STORAGE_KEY, accountId)
    else localStorage.removeItem(STORAGE_KEY)
  } catch {
    // Without storage the server's first account is used.
  }
}
