import { compileTemplate, TemplateError, type TemplateIssue } from '../template.ts'
import type { BlockDocument } from './document.ts'

/** An issue with the field that it is in, such as `blocks.2.columns.0.1.html`; line and column count within the field. */
export type BlockIssue = { path: string; issue: TemplateIssue }

/**
 * Checks each text of a document by itself, so that a mistake is found in the block that has it. A tag that opens in one
 * field and closes in another is a mistake too: blocks can be moved.
 */
export function checkBlocks(document: BlockDocument): BlockIssue[] {
  return [...fieldsOf(document.settings, 'settings'), ...fieldsOf(document.blocks, 'blocks')].flatMap(checkField)
}

type Field = { path: string; name: string; text: string }

function fieldsOf(value: unknown, path: string): Field[] {
  if (typeof value === 'string') return [{ path, name: path.slice(path.lastIndexOf('.') + 1), text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => fieldsOf(item, `${path}.${key}`))
}

/** A condition and a list stand in a tag of ours; their columns are given as they are in the field. */
function checkField({ path, name, text }: Field): BlockIssue[] {
  const lead = name === 'showIf' ? '{% if ' : name === 'list' ? '{% for item in ' : ''
  if (text.trim() === '') return []
  const trail = name === 'showIf' ? ' %}{% endif %}' : name === 'list' ? ' %}{% endfor %}' : ''
  try {
    compileTemplate(lead === '' ? text : lead + text.trim() + trail)
    return []
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return error.issues.map((issue) => ({ path, issue: { ...issue, column: Math.max(issue.column - lead.length, 1) } }))
  }
}
