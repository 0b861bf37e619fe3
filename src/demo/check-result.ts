/** What the demo counted, from replies of the server and from the mails on disk. */
export type DemoResult = {
  people: number
  badRows: number
  codes: number
  assigned: number
  sent: number
  distinctCodes: number
  redeemed: number
  refused: number
}

/** Facts beside the result that must hold as well. */
export type DemoFacts = {
  rows: number
  repeatedRows: number
  addedAgain: number
  wantedCodes: number
  distinctRecipients: number
  mailsWithOneCode: number
  tried: number
  redeemedBySomebodyElse: number
  preview: string
  otherAccountReason: string | null
}

/** Every promise that was not kept, in plain words; empty when all is well. */
export function findBrokenPromises(result: DemoResult, facts: DemoFacts): string[] {
  const { people, badRows, codes, assigned, sent, distinctCodes, redeemed, refused } = result
  const promises: [boolean, string][] = [
    [
      people > 0 && people === facts.rows - facts.repeatedRows - badRows,
      `${people} people came of ${facts.rows} rows, ${facts.repeatedRows} of them repeated and ${badRows} bad`,
    ],
    [facts.addedAgain === 0, `the second import of the same file added ${facts.addedAgain}`],
    [codes === facts.wantedCodes, `${facts.wantedCodes} codes were wanted, ${codes} were added`],
    [facts.preview.includes('WELCOME20-preview'), 'the preview does not show WELCOME20-preview'],
    [assigned === people, `${people} people, but ${assigned} codes were assigned`],
    [sent === people, `${people} people, but ${sent} mails were sent`],
    [facts.distinctRecipients === sent, `${sent} mails were sent to ${facts.distinctRecipients} different addresses`],
    [facts.mailsWithOneCode === sent, `${sent} mails were sent, ${facts.mailsWithOneCode} of them hold one code`],
    [distinctCodes === sent, `${sent} mails were sent, but they hold ${distinctCodes} different codes`],
    [redeemed === facts.tried, `${facts.tried} codes were tried, ${redeemed} were redeemed`],
    [refused === facts.tried, `${facts.tried} codes were tried a second time, ${refused} were refused`],
    [
      facts.redeemedBySomebodyElse === 0,
      `${facts.redeemedBySomebodyElse} codes count as redeemed by somebody else than their person`,
    ],
    [
      facts.otherAccountReason === 'unknown_code',
      `another account's key was answered ${facts.otherAccountReason} instead of unknown_code`,
    ],
  ]
  return promises.filter(([isKept]) => !isKept).map(([, broken]) => broken)
}
