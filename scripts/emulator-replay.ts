import { replayFiles } from '../emulator/replay/replay.ts'

const files = process.argv.slice(2)
if (files.length === 0) {
  console.error('Usage: node scripts/emulator-replay.ts FILE...   replays recorded traffic into a fresh emulator')
  process.exit(2)
}
const result = await replayFiles(files, (text) => console.error(text))
console.log(JSON.stringify(result))
process.exit(result.differing.length === 0 ? 0 : 1)
