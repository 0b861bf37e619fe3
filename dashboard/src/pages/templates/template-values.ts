export type TemplateValues = {
  name: string
  /** A text message is `text` alone. */
  channel: 'email' | 'sms'
  subject: string
  previewText: string
  html: string
  /** Null: made from the HTML. */
  text: string | null
}
export type BodyPart = 'html' | 'text'
