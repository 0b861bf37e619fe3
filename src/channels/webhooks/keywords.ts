/**
 * Words by which a person ends, begins and asks about text messages. The first list is the one that the carriers and the FCC
 * name (47 CFR 64.1200(a)(10)); INFO and UNSTOP are what Twilio takes besides
 * (https://www.twilio.com/docs/messaging/tutorials/opt-out-keywords).
 */
const KEYWORDS = new Map<string, 'opted_out' | 'opted_in' | 'help'>([
  ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'END', 'QUIT', 'CANCEL', 'REVOKE', 'OPTOUT'].map(
    (word) => [word, 'opted_out'] as const,
  ),
  ['HELP', 'help'],
  ['INFO', 'help'],
  ['START', 'opted_in'],
  ['UNSTOP', 'opted_in'],
])

/**
 * What an incoming text asks for; undefined for any other text. It must be the keyword and nothing else, save case, blanks and
 * punctuation: "Stop.", "OPT-OUT" and "stop all" count, "please don't stop" does not.
 */
export function readKeyword(text: string): 'opted_out' | 'opted_in' | 'help' | undefined {
  return KEYWORDS.get(
    text
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  )
}
