/** Words that no text has and that an HTML parser leaves alone, in a text as in an attribute. */
const PREFIX = 'zqtag'
const SUFFIX = 'gatqz'

/** Keeps template tags away from a parser of HTML, which a quote or a `<` inside them would mislead. */
export class Placeholders {
  private readonly tags: string[] = []

  /** The text with each tag as a word. A tag ends on its line, as in the language. */
  hide(text: string): string {
    return text.replace(/\{\{[^\n]*?\}\}|\{%[^\n]*?%\}|\{#[^\n]*?#\}/g, (tag) => {
      const index = this.tags.push(tag) - 1
      return `${PREFIX}${index}${SUFFIX}`
    })
  }

  /** The text with its tags again. */
  restore(text: string): string {
    return text.replace(/zqtag(\d+)gatqz/g, (word, index) => this.tags[Number(index)] ?? word)
  }
}
