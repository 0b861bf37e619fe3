import type { FilterTable } from './expression.ts'
import { CALCULATE_FILTERS } from './filters/calculate.ts'
import { DATE_FILTERS } from './filters/date.ts'
import { HTML_FILTERS } from './filters/html.ts'
import { KLAVIYO_FILTERS } from './filters/klaviyo.ts'
import { LIST_FILTERS } from './filters/list.ts'
import { NUMBER_FILTERS } from './filters/number.ts'
import { TEXT_FILTERS } from './filters/text.ts'
import { TRUNCATE_FILTERS } from './filters/truncate.ts'
import { VALUE_FILTERS } from './filters/value.ts'

/** Every filter by its name. */
export const FILTERS: FilterTable = {
  ...VALUE_FILTERS,
  ...TEXT_FILTERS,
  ...TRUNCATE_FILTERS,
  ...HTML_FILTERS,
  ...NUMBER_FILTERS,
  ...LIST_FILTERS,
  ...DATE_FILTERS,
  ...CALCULATE_FILTERS,
  ...KLAVIYO_FILTERS,
}
