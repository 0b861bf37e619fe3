interface SellingPlan {
  id: number
  name: string
}

export interface Variant {
  id: number
  productId: number
  title: string
  priceMinor: number
  sku: string
  createdAt: number
}

export interface Product {
  id: number
  title: string
  handle: string
  description: string
  vendor: string
  productType: string
  tags: string[]
  status: 'ACTIVE' | 'ARCHIVED' | 'DRAFT' | 'UNLISTED'
  createdAt: number
  updatedAt: number
  variants: Variant[]
  /** Absent where the product is bought once only. */
  sellingPlan?: SellingPlan
  requiresShipping: boolean
}

export interface Collection {
  id: number
  title: string
  handle: string
  productIds: number[]
  updatedAt: number
}

export interface Segment {
  id: number
  name: string
  query: string
  /** Addresses of its members, lower case. Segments are lists here: their query is not evaluated. */
  emails: string[]
  createdAt: number
}

export interface Market {
  id: number
  name: string
  handle: string
}

interface ProductSeed {
  title: string
  description: string
  type: string
  priceMinor: number
  sizes?: string[]
  plan?: string
  digital?: boolean
}

/** What the demo shop sells. */
export const PRODUCT_SEEDS: readonly ProductSeed[] = [
  {
    title: 'Linen Shirt',
    description: 'Stone-washed linen, cut straight.',
    type: 'Clothing',
    priceMinor: 6900,
    sizes: ['S', 'M', 'L'],
  },
  { title: 'Wool Socks', description: 'Merino, three pairs.', type: 'Clothing', priceMinor: 2400 },
  { title: 'Enamel Mug', description: 'Holds 350 ml and survives a fall.', type: 'Kitchen', priceMinor: 1800 },
  { title: 'Oak Serving Board', description: 'Oiled oak, 40 cm.', type: 'Kitchen', priceMinor: 4500 },
  {
    title: 'House Coffee',
    description: 'Whole beans, 250 g. Once, or every month.',
    type: 'Coffee',
    priceMinor: 1650,
    plan: 'Delivered every month',
  },
  {
    title: 'Single Origin Coffee',
    description: 'A new farm each month, 250 g.',
    type: 'Coffee',
    priceMinor: 2150,
    plan: 'Delivered every month',
  },
  {
    title: 'Brewing Course',
    description: 'Six films and a workbook to download.',
    type: 'Digital',
    priceMinor: 3900,
    digital: true,
  },
]

export function toHandle(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
