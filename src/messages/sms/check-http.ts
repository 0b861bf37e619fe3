import type { SenderSetup } from '../../../contract/senders.ts'
import { findTemplateProblem } from '../../channels/sms/http.ts'
import { AppError } from '../../errors.ts'
import { findUrlProblem } from '../../lib/http/http-client.ts'
import { isPublicHost } from '../../lib/http/public-address.ts'

type HttpSetup = Extract<SenderSetup, { provider: 'http' }>['settings']

/**
 * Refuses a call that cannot work before it is kept: its address, its headers, its body. `mayReachInside`: whether the installation
 * lets senders call addresses inside the own network. Throws `invalid_input` with the field.
 */
export function checkHttpSetup(
  { settings, secrets: headers }: { settings: HttpSetup; secrets: Record<string, string> },
  mayReachInside: boolean,
): void {
  if (settings.allowsPrivateAddresses && !mayReachInside)
    refuse(
      'settings.allowsPrivateAddresses',
      'The operator of this installation has not allowed addresses inside its network.',
    )
  const urlProblem = findProblemOfUrl(settings)
  if (urlProblem !== undefined) refuse('settings.url', urlProblem)
  for (const [name, value] of Object.entries(headers))
    if (!/^[\x20-\x7e]*$/.test(value))
      refuse(
        `secrets.${name}`,
        `Write the value of the header ${name} in plain letters, digits and signs, on one line.`,
      )
  const { idempotency } = settings
  if (idempotency && headers[idempotency.header.toLowerCase()] !== undefined)
    refuse(
      'settings.idempotency',
      `The header ${idempotency.header} carries the id of the message. Take it off the headers.`,
    )
  const problem = findTemplateProblem({ ...settings, headers })
  if (problem) refuse(problem.header === null ? 'settings.body' : `secrets.${problem.header}`, problem.message)
}

function findProblemOfUrl({ url: text, allowsPrivateAddresses }: HttpSetup): string | undefined {
  const url = URL.parse(text)
  const problem = findUrlProblem(url, allowsPrivateAddresses ? 'any' : 'public')
  if (problem !== undefined || !url || allowsPrivateAddresses) return problem
  return isPublicHost(url.hostname) ? undefined : `${url.hostname} is not a name of the public internet.`
}

function refuse(field: string, message: string): never {
  throw new AppError('invalid_input', message, { field: `setup.${field}` })
}
