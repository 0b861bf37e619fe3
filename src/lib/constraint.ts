/** SQLSTATEs of broken constraints: foreign key, unique, check. */
const BROKEN_CONSTRAINT = new Set(['23503', '23505', '23514'])
/** SQLSTATEs after which the same transaction may succeed: unique, serialization, deadlock. */
const RETRYABLE = new Set(['23505', '40001', '40P01'])

/** The name of the constraint or unique index that a statement failed on; undefined for any other error. */
export function brokenConstraint(error: unknown): string | undefined {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  return BROKEN_CONSTRAINT.has(String(code)) && typeof constraint === 'string' ? constraint : undefined
}

/** Whether a transaction lost a race and may be run again from its start. */
export function hasLostRace(error: unknown): boolean {
  return RETRYABLE.has(String((error as { code?: unknown }).code))
}
