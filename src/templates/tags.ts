import type { TagTable } from './parser.ts'
import { COUPON_TAGS } from './tags/coupon.ts'
import { KLAVIYO_TAGS } from './tags/klaviyo.ts'
import { LINK_TAGS } from './tags/link.ts'
import { LOGIC_TAGS } from './tags/logic.ts'
import { LOOP_TAGS } from './tags/loop.ts'
import { PICTURE_TAGS } from './tags/picture.ts'
import { SCOPE_TAGS } from './tags/scope.ts'
import { TEXT_TAGS } from './tags/text.ts'

/** Every tag by its name. */
export const TAGS: TagTable = {
  ...LOGIC_TAGS,
  ...LOOP_TAGS,
  ...SCOPE_TAGS,
  ...TEXT_TAGS,
  ...COUPON_TAGS,
  ...LINK_TAGS,
  ...PICTURE_TAGS,
  ...KLAVIYO_TAGS,
}
