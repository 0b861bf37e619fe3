import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { findBrokenPromises } from './demo/check-result.ts'
import { makeFolder, openDemo } from './demo/open-demo.ts'
import { runDemo } from './demo/run-demo.ts'

const HELP = `npm run demo [-- --json] [-- --keep]
Does the main job by itself in a temporary folder and says what it did.
  --json   the last line is one JSON object with what was counted
  --keep   leave the folder with the data, the mails and the log`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const folder = makeFolder()
  const cleanUp = (): void => {
    if (values.keep) console.log(`The data, the mails and the log are in ${folder}`)
    else rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  process.once('SIGINT', () => {
    cleanUp()
    process.exit(130)
  })
  try {
    return await runIn(folder, values.json === true, cleanUp)
  } catch (error) {
    cleanUp()
    throw error
  }
}

async function runIn(folder: string, isJson: boolean, cleanUp: () => void): Promise<number> {
  const began = performance.now()
  const outcome = await (async () => {
    await using demo = await openDemo(folder)
    console.log(`Started Onecode at ${demo.url} with an owner of its own: ${secondsSince(began)} s`)
    return await runDemo(demo, (text) => console.log(text))
  })()
  const broken = findBrokenPromises(outcome.result, outcome.facts)
  for (const promise of broken) console.error(`Broken promise: ${promise}`)
  if (broken.length === 0) console.log(`Everybody has a code of their own. All of it: ${secondsSince(began)} s`)
  cleanUp()
  if (isJson) console.log(JSON.stringify(outcome.result))
  return broken.length === 0 ? 0 : 1
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1)
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
setTimeout(() => process.exit(), 500).unref() // the embedded database keeps a timer that would hold the process for a while
