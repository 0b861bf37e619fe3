import { describeStartFailure, runServer } from './cli/run-server.ts'

runServer({ buildDashboard: process.argv.includes('--build-dashboard') }).catch((error: unknown) => {
  console.error(describeStartFailure(error))
  process.exit(1)
})
