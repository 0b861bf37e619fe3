import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { replaceTargets, trackableTargets } from './links.ts'
import { isMachine } from './machines.ts'

const short = (link: number, links: number): string => `https://o.example/c/${link}of${links}`

test('links of the web are replaced in order, however their attributes are written', () => {
  const html = `<a href="https://a.example/x?b=1&amp;c=&#50;">A</a><A class='q' HREF='http://b.example'>B</A>
    <a data-x="a > b" href = https://c.example/y >C</a><area href="https://d.example">
    <!--[if mso]><v:roundrect href="https://e.example/m"></v:roundrect><![endif]-->`
  const targets = [
    'https://a.example/x?b=1&c=2',
    'http://b.example',
    'https://c.example/y',
    'https://d.example',
    'https://e.example/m',
  ]
  assert.deepEqual(trackableTargets(html, []), targets)
  const replaced = replaceTargets(html, [], short)
  assert.deepEqual(
    trackableTargets(replaced, []),
    [1, 2, 3, 4, 5].map((n) => short(n, 5)),
  )
  assert.doesNotMatch(replaced, /[abcde]\.example/)
  assert.match(replaced, /<a data-x="a > b" href = https:\/\/o\.example\/c\/3of5 >C<\/a>/)
})

test('mailto, tel, anchors, paths, pictures, other elements, and our own pages stay as they are', () => {
  const html = `<a href="mailto:a@b.c">1</a><a href="tel:+1">2</a><a href="#top">3</a><a href="/x">4</a><a>5</a>
    <a href="https://o.example/unsubscribe/t">6</a><img src="https://p.example/i.png"><abbr href="https://q.example"></abbr>
    <a href="javascript:alert(1)">7</a><a href="https://">8</a><a hrefx="https://r.example">9</a>`
  assert.equal(replaceTargets(html, ['https://o.example/unsubscribe/t'], short), html)
})

test('HTML that is broken anywhere is neither lost nor slow', () => {
  const piece = fc.constantFrom(
    '<a ',
    'href=',
    '"',
    "'",
    'https://x.example',
    '>',
    '<',
    '/',
    ' ',
    '&amp;',
    '<v:r ',
    'é',
    '-->',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const html = pieces.join('')
      const targets = trackableTargets(html, [])
      const rest = replaceTargets(html, [], () => '\u0001').split('\u0001')
      assert.equal(rest.length, targets.length + 1)
      assert.ok(rest.every((part) => html.includes(part)))
    }),
  )
  for (const evil of ['<a ', '<a href="', '<a b=" ', '<a x', '<v:x     ', '<a href=\'"']) {
    const began = performance.now()
    trackableTargets(evil.repeat(100_000), [])
    assert.ok(performance.now() - began < 3000, evil)
  }
})

test('programs are told from people by their name', () => {
  const people = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0',
  ]
  for (const agent of people) assert.equal(isMachine(agent), false, agent)
  const machines = [
    undefined,
    '',
    'curl/8.5.0',
    'Mozilla/5.0 (compatible; Googlebot/2.1)',
    'Slackbot-LinkExpanding 1.0',
    'python-requests/2.31',
    'Mozilla/5.0 HeadlessChrome/120',
  ]
  for (const agent of machines) assert.equal(isMachine(agent), true, String(agent))
})
