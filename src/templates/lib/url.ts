import { domainToASCII } from 'node:url'

const ENCODER = new TextEncoder()
const UNRESERVED = /[A-Za-z0-9_.~-]/

/** Percent-encodes as UTF-8 all but letters, digits, `_.-~` and the ASCII characters in `keep`. */
export function percentEncode(text: string, keep: string): string {
  let result = ''
  for (const char of text) {
    if (UNRESERVED.test(char) || (char <= '\u007f' && keep.includes(char))) result += char
    else for (const byte of ENCODER.encode(char)) result += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return result
}

/** Undoes percent-encoding; bytes that are no UTF-8 become the replacement character, a lone % stays. */
export function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}

type UrlParts = { scheme: string; host: string; path: string; query: string; fragment: string }

/** The five parts of an address; those that it lacks are empty. */
export function splitUrl(url: string): UrlParts {
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/.exec(url)
  const [, scheme = '', host = '', path = '', query = '', fragment = ''] = match ?? []
  return { scheme: scheme.toLowerCase(), host, path, query, fragment }
}

/** A host name in ASCII; undefined when it cannot be one. */
export function asciiHost(host: string): string | undefined {
  const labels = host.split('.').map((label) => (/^\p{ASCII}*$/u.test(label) ? label : domainToASCII(label)))
  return labels.includes('') && !host.split('.').includes('') ? undefined : labels.join('.')
}
