const NAMES = [
  'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com aol.com aim.com icloud.com me.com mac.com',
  'gmx.net gmx.de gmx.com gmx.at gmx.ch web.de t-online.de freenet.de mail.com email.com zoho.com proton.me protonmail.com pm.me',
  'tutanota.com tuta.com fastmail.com hey.com mail.ru inbox.ru list.ru bk.ru rambler.ru qq.com foxmail.com 163.com 126.com sina.com',
  'naver.com hanmail.net daum.net rediffmail.com orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it alice.it',
  'wp.pl o2.pl interia.pl onet.pl seznam.cz comcast.net verizon.net att.net bellsouth.net sbcglobal.net cox.net btinternet.com sky.com',
]
const FREEMAIL = new Set(NAMES.join(' ').split(' '))
/** Providers with a domain in many countries. */
const FAMILIES = /^(yahoo|ymail|rocketmail|hotmail|outlook|live|yandex)\.([a-z]{2,3}|com?\.[a-z]{2})$/

/** Whether mailboxes of this domain belong to the public: their providers publish that nobody else may send from it. */
export function isFreemail(domain: string): boolean {
  const name = domain.toLowerCase()
  return FREEMAIL.has(name) || FAMILIES.test(name)
}

/** The domain of an address, in lower case; null for text that is no address. `Name <a@b.c>` is read too. */
export function domainOf(from: string | null): string | null {
  return from?.match(/@([^\s<>"@]+)>?\s*$/)?.[1]?.toLowerCase() ?? null
}
