import { z } from 'zod'

/** A colour as #rgb or #rrggbb. */
const color = z.string().regex(/^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)

/** Text, an address or a fragment of HTML; template tags may stand anywhere in it. */
const text = z.string().max(100_000)

const align = z.enum(['left', 'center', 'right'])

/** A condition of the template language, such as `person.vip`: the block is shown only where it holds. */
const showIf = z
  .string()
  .max(500)
  .regex(/^[^{}\n]*$/)
  .optional()

const textBlock = z.strictObject({
  type: z.literal('text'),
  html: text,
  align: align.default('left'),
  size: z.number().int().min(8).max(72).default(16),
  color: color.optional(),
  showIf,
})

const imageBlock = z.strictObject({
  type: z.literal('image'),
  src: text,
  alt: text.default(''),
  href: text.optional(),
  width: z.number().int().min(1).max(1200).optional(),
  align: align.default('center'),
  showIf,
})

const buttonBlock = z.strictObject({
  type: z.literal('button'),
  text,
  href: text,
  align: align.default('center'),
  background: color.optional(),
  color: color.default('#ffffff'),
  radius: z.number().int().min(0).max(60).default(6),
  showIf,
})

const dividerBlock = z.strictObject({
  type: z.literal('divider'),
  color: color.default('#dddddd'),
  thickness: z.number().int().min(1).max(20).default(1),
  showIf,
})

const socialBlock = z.strictObject({
  type: z.literal('social'),
  links: z
    .array(z.strictObject({ label: text, href: text }))
    .min(1)
    .max(12),
  align: align.default('center'),
  showIf,
})

/** Raw HTML; it must be well-formed where it stands. */
const htmlBlock = z.strictObject({ type: z.literal('html'), html: text, showIf })

/**
 * A product with its picture beside its text. With `list` it repeats over a list of the context, each item under the name `item`.
 */
const productBlock = z.strictObject({
  type: z.literal('product'),
  title: text,
  image: text.optional(),
  price: text.optional(),
  href: text.optional(),
  button: text.optional(),
  list: z
    .string()
    .max(500)
    .regex(/^[^{}\n]*$/)
    .optional(),
  showIf,
})

/** A coupon as a name in tags: quotes and braces cannot stand in it. */
const couponName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^'"{}%\n\\]+$/)

/**
 * The block that shows a person's own code. `look`: a dashed ticket, a filled box, or a plain line. `expiry` is the text before
 * the date, which disappears for a code that never ends; `button` leads to `path` with the code applied.
 */
const couponBlock = z.strictObject({
  type: z.literal('coupon'),
  coupon: couponName,
  look: z.enum(['ticket', 'solid', 'plain']).default('ticket'),
  title: text.default('Your personal code'),
  note: text.optional(),
  expiry: text.optional(),
  expiryFormat: z
    .string()
    .max(40)
    .regex(/^[^'"{}%\n\\]*$/)
    .default('F j, Y'),
  button: z
    .strictObject({
      text,
      path: z
        .string()
        .max(2000)
        .regex(/^\/[^'"{}%\n\\\s]*$/)
        .default('/'),
    })
    .optional(),
  picture: z.enum(['none', 'barcode', 'qr']).default('none'),
  accent: color.default('#1a1a2e'),
  showIf,
})

const leafBlock = z.discriminatedUnion('type', [
  textBlock,
  imageBlock,
  buttonBlock,
  dividerBlock,
  socialBlock,
  htmlBlock,
  couponBlock,
])

const columnsBlock = z.strictObject({
  type: z.literal('columns'),
  columns: z.array(z.array(leafBlock).max(20)).min(2).max(4),
  showIf,
})

/** A message as a list of blocks. This JSON is what is stored; its HTML is made from it once per version. */
const blockDocument = z.strictObject({
  version: z.literal(1),
  settings: z
    .strictObject({
      width: z.number().int().min(320).max(900).default(600),
      background: color.default('#f4f4f6'),
      surface: color.default('#ffffff'),
      color: color.default('#222222'),
      link: color.default('#2b50d8'),
      font: z
        .string()
        .max(200)
        .regex(/^[\w ,'-]*$/)
        .default('Arial, Helvetica, sans-serif'),
      language: z
        .string()
        .regex(/^[A-Za-z-]{2,20}$/)
        .default('en'),
      previewText: text.optional(),
    })
    .prefault({}),
  blocks: z.array(z.discriminatedUnion('type', [...leafBlock.options, columnsBlock, productBlock])).max(200),
})

export type BlockDocument = z.output<typeof blockDocument>
export type Block = BlockDocument['blocks'][number]
export type LeafBlock = z.output<typeof leafBlock>
export type CouponBlock = z.output<typeof couponBlock>
export type ProductBlock = z.output<typeof productBlock>
export type BlockSettings = BlockDocument['settings']

/** Reads a document and fills in what it leaves out. Throws zod's error, with a path to each mistake. */
export function parseBlocks(json: unknown): BlockDocument {
  return blockDocument.parse(json)
}
