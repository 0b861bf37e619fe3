/** How often a call looks again after another call was faster; each look finds what that call did. */
export const TRIES = 5
