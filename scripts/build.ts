// Builds the dashboard if its sources changed since the last build.
import { buildDashboard } from './build-dashboard.ts'

const outcome = await buildDashboard()
console.log(outcome === 'built' ? 'The dashboard was built.' : 'The dashboard is up to date.')
