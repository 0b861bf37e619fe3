/**
 * Programs that fetch links without anybody having clicked: crawlers, previews of chats, scanners of mail servers, tools.
 * Not the picture proxies of Gmail and Yahoo, which fetch when somebody opens the mail (or sometimes before).
 */
const MACHINES =
  /bot\b|bot[/;]|crawl|spider|slurp|preview|scan|monitor|headless|phantom|curl|wget|python|java\/|go-http|okhttp|axios|node-fetch|undici|libwww|httpclient|facebookexternalhit|whatsapp|slack|discord|telegram|skype|barracuda|mimecast|proofpoint|symantec|fortinet|sophos|trendmicro|safelinks|urldefense/i

/** Whether a call comes from a program, as far as it says so itself. A call without a name is one. */
export function isMachine(userAgent: string | undefined): boolean {
  return userAgent === undefined || userAgent.trim() === '' || MACHINES.test(userAgent)
}
