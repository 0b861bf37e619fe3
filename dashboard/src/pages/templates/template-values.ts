export type TemplateValues = {
  name: string
  subject: string
  previewText: string
  html: string
  /** Null: made from the HTML. */
  text: string | null
}
export type BodyPart = 'html' | 'text'
