import type { Expression } from '../expression.ts'
import { syntaxFault } from '../issues.ts'
import { escapeHtml } from '../lib/text.ts'
import type { Parser, Tag, TagDefinition, TagTable } from '../parser.ts'
import type { Links, Runtime } from '../runtime.ts'

/** The address of one of the message's own pages. */
function addressOf(runtime: Runtime, link: keyof Links): string {
  return runtime.env.links[link] ?? runtime.env.placeholder(link)
}

/** A tag that prints the bare address. */
function linkTag(link: keyof Links): TagDefinition {
  return {
    compile: (parser, tag) => {
      noteLink(parser, link)
      const extra = tag.words[1]
      if (extra) throw syntaxFault('bad_tag', `Nothing may follow "${tag.name}" in its tag.`, extra.offset)
      return (runtime) => runtime.emit(addressOf(runtime, link))
    },
  }
}

/** A tag that prints a link with a text, in HTML; where nothing is escaped (plain text, SMS) the text and the address. */
function anchorTag(link: keyof Links, standardText: string): TagDefinition {
  return {
    compile: (parser, tag) => {
      noteLink(parser, link)
      const text = readText(parser, tag)
      return (runtime) => writeAnchor(runtime, addressOf(runtime, link), text, standardText)
    },
  }
}

function writeAnchor(runtime: Runtime, address: string, text: Expression | undefined, standardText: string): void {
  const label = text ? runtime.textFor(text(runtime, '')) : ''
  if (runtime.autoescape) runtime.write(`<a href="${escapeHtml(address)}">${label || standardText}</a>`)
  else runtime.write(label === '' ? address : `${label}: ${address}`)
}

function readText(parser: Parser, tag: Tag): Expression | undefined {
  const [, word, extra] = tag.words
  if (extra)
    throw syntaxFault('bad_tag', `Write {% ${tag.name} 'text' %} with the text in straight quotes.`, extra.offset)
  return word && parser.compile(word)
}

function noteLink(parser: Parser, link: keyof Links): void {
  if (link === 'unsubscribe') parser.facts.hasUnsubscribe = true
}

export const LINK_TAGS: TagTable = {
  unsubscribe: anchorTag('unsubscribe', 'Unsubscribe'),
  unsubscribe_link: linkTag('unsubscribe'),
  manage_preferences: anchorTag('preferences', 'Manage Preferences'),
  manage_preferences_link: linkTag('preferences'),
  web_view: anchorTag('webView', 'View in Browser'),
  web_view_link: linkTag('webView'),
}
