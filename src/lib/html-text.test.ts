import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { htmlToText } from './html-text.ts'

const CASES: [string, string, string][] = [
  ['white space is drawn together', '  <p> Hello \n  <b>Ann</b>,\tand  <i> Bo </i>! </p>\n', 'Hello Ann, and Bo !'],
  ['entities', '<p>Ann &amp; Bo &lt;3&nbsp;&euro; 5 &#128512;</p>', 'Ann & Bo <3 € 5 😀'],
  ['blocks and paragraphs', '<h1>A</h1><div>B</div><div>C<div>D</div></div><p>E</p><p>F</p>', 'A\n\nB\nC\nD\n\nE\n\nF'],
  ['line breaks', '<div>a<br>b<br/><br><br>c<br></div><div>d</div>', 'a\nb\n\nc\nd'],
  ['links', '<a href="https://x.example/a?b=1&amp;c=2">Shop now</a>.', 'Shop now [https://x.example/a?b=1&c=2].'],
  [
    'links that are their own text, lead nowhere or hold a picture',
    '<a href="https://x.example">https://x.example</a> <a href="mailto:a@x.example">a@x.example</a> <a href="#top">Top</a> <a name="n">N</a> <a href="https://y.example"><img src="l.png" alt="Logo"></a>',
    'https://x.example a@x.example Top N Logo [https://y.example]',
  ],
  ['pictures', '<p>a<img src="x.png" alt="nothing">b</p>', 'ab'],
  [
    'lists',
    '<p>Now:</p><ul><li>one<li><p>two</p><ol start="3"><li>x</li><li>y</li></ol></li></ul><p>End</p>',
    'Now:\n\n* one\n* two\n3. x\n4. y\n\nEnd',
  ],
  [
    'tables of data and of layout',
    '<table><tr><th>Item</th><th>Price</th></tr><tr><td>Mug</td><td>5.00</td></tr></table><table role="presentation"><tr><td><p>Left</p></td><td><p>Right</p></td></tr></table>',
    'Item Price\nMug 5.00\n\nLeft\n\nRight',
  ],
  [
    'what is not shown',
    '<head><title>T</title><style>p{}</style></head><body><div style="color:red; display : none">x<p>y</p></div><script>1<2</script><!-- c --><p hidden>h</p><!--[if mso]><p>m</p><![endif]-->z\u200b\u00ad</body>',
    'z',
  ],
  ['preformatted text', '<pre>a  b\n  c</pre>', 'a  b\n  c'],
  ['a rule', 'a<hr>b', `a\n\n${'-'.repeat(40)}\n\nb`],
  [
    'HTML that is broken',
    '<td>a</td></p></table></li>b<li>c <a href="https://x.example">d',
    'a\n\nb\n* c d [https://x.example]',
  ],
  ['nothing', '', ''],
]

for (const [what, html, text] of CASES) test(`text of HTML: ${what}`, () => assert.equal(htmlToText(html), text))

test('every word that is shown is in the text, in order, whatever is around it', () => {
  const word = fc.stringMatching(/^[a-z0-9&;]{1,8}$/)
  const name = fc.constantFrom(...'div p b td tr table ul li h2 br span a ol pre blockquote'.split(' '))
  const part = fc.oneof(
    word,
    name.map((tag) => ({ tag: `<${tag}>` })),
    name.map((tag) => ({ tag: `</${tag}>` })),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const words = parts.filter((one) => typeof one === 'string')
      const html = parts
        .map((one) => (typeof one === 'string' ? `<i>${one.replaceAll('&', '&amp;')}</i>` : one.tag))
        .join('')
      const text = htmlToText(html)
      const seen = text.replace(/(?<=^|\s)(\*|\d+\.)(?=\s|$)/g, '')
      assert.equal(seen.replace(/\s/g, ''), words.join(''))
      assert.doesNotMatch(text, /\n{3}|^\s| \n|\s$/)
    }),
    { numRuns: 500 },
  )
})
