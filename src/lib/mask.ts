/**
 * A code for those who may not see it: `SUMMER-8KJ4WQ2M` is `SUMMER-•••••Q2M`.
 *
 * Kept are the prefix up to the last dash and the last 3 characters; of 6 or fewer characters after the dash none is
 * kept, so that at least half of the secret part is always hidden.
 */
export function maskCode(code: string): string {
  const secretStart = code.lastIndexOf('-') + 1
  const secret = code.slice(secretStart)
  const shown = secret.length > 6 ? secret.slice(-3) : ''
  return code.slice(0, secretStart) + '•'.repeat(secret.length - shown.length) + shown
}
