// Completes package-lock.json with the optional packages of other platforms.
//
// A registry mirror may carry only the builds of one platform; npm then writes a lockfile that `npm ci` refuses elsewhere.
// This adds every optional dependency that the lockfile names but does not hold: version, platform from its name, optional.
// Run it after each change of dependencies: `node scripts/complete-lockfile.mjs`; with `--check` it only reports.
import { readFileSync, writeFileSync } from 'node:fs'

const FILE = new URL('../package-lock.json', import.meta.url)
const OPERATING_SYSTEMS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openharmony',
  'win32',
  'windows',
  'aix',
  'sunos',
  'netbsd',
  'openbsd',
]
const CPUS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'loong64', 'mips64el']

function platformOf(name) {
  const words = name.split('/').at(-1).split('-')
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word))
  const cpu = words.find((word) => CPUS.includes(word))
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined
  return {
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(os ? { os: [os === 'windows' ? 'win32' : os] } : {}),
    ...(libc ? { libc: [libc] } : {}),
  }
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'))
const missing = new Map()
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const held = lock.packages[`node_modules/${name}`] ?? lock.packages[`${path}/node_modules/${name}`]
    if (!held && /^\d/.test(version))
      missing.set(`node_modules/${name}`, { version, optional: true, dev: entry.dev, ...platformOf(name) })
  }
}

if (missing.size === 0) process.exit(0)
if (process.argv.includes('--check')) {
  console.error(
    `package-lock.json lacks ${missing.size} packages of other platforms: ${[...missing.keys()].join(', ')}`,
  )
  console.error('Run: node scripts/complete-lockfile.mjs')
  process.exit(1)
}
for (const [path, entry] of missing) lock.packages[path] = JSON.parse(JSON.stringify(entry))
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${missing.size} packages of other platforms added`)
