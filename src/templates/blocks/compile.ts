import mjml2html from 'mjml'
import type { BlockDocument } from './document.ts'
import { blocksToMjml } from './mjml.ts'
import { Placeholders } from './placeholders.ts'

/**
 * A document as the source of an HTML template: MJML's HTML with the template tags as they were written.
 *
 * Takes 2 to 70 ms, so it is done once per version of a message. Throws an Error with MJML's words for HTML that it refuses.
 */
export async function compileBlocks(document: BlockDocument): Promise<string> {
  return compileMjml(blocksToMjml(document))
}

/** The same for MJML that somebody wrote by hand. */
export async function compileMjml(mjml: string): Promise<string> {
  const placeholders = new Placeholders()
  const { html, errors } = await mjml2html(placeholders.hide(mjml), {
    validationLevel: 'soft',
    fonts: {},
    keepComments: true,
  })
  const [error] = errors
  if (error) throw new Error(placeholders.restore(error.formattedMessage))
  return placeholders.restore(html)
}
