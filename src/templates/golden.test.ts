import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runGolden } from '../../scripts/templates-golden.ts'

const CORPUS = join(import.meta.dirname, '../../../shared/data/templates')

/** Cases that we answer otherwise, with the reason; empty when there is none. */
const KNOWN_DIFFERENCES: Record<string, string> = {}

for (const file of ['visible.json', 'visible-mails.json']) {
  const path = join(CORPUS, file)
  const skip = existsSync(path) ? false : `the corpus is not beside the project: ${path}`
  test(`every case of ${file} renders as Django rendered it`, { skip }, (t) => {
    const { passed, total, failed } = runGolden(readFileSync(path, 'utf8'))
    t.diagnostic(`${file}: ${passed}/${total}, known differences: ${JSON.stringify(KNOWN_DIFFERENCES)}`)
    assert.deepEqual(
      failed.filter(({ name }) => !Object.hasOwn(KNOWN_DIFFERENCES, name)),
      [],
    )
    assert.ok(total > 0)
  })
}
