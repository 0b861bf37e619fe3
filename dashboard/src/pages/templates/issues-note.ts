import type { Template } from '../../../../contract/messages.ts'
import { plural } from '../../lib/format.ts'

/** What to add after “saved”: a template with errors is kept, but cannot be sent. */
export function issuesNote({ issues }: Template): string {
  const errors = issues.filter(({ severity }) => severity === 'error').length
  return errors === 0 ? '' : `, with ${plural(errors, 'error')} to mend before it can be sent`
}
