import { resolve } from 'node:path'
import { type Config, readConfig } from '../../config.ts'
import { type Db, openDatabase } from '../../db/database.ts'
import { pingDatabase } from '../../db/ping.ts'
import type { Io } from './cli.ts'

/** Opens the configured database for one piece of work. Throws `FolderInUseError` while a server has the folder open. */
export async function withDatabase<Result>(
  io: Io,
  work: (db: Db, config: Config) => Promise<Result>,
): Promise<{ result: Result; config: Config }> {
  const config = readConfig(io.environment)
  await using database = await openDatabase({
    url: config.databaseUrl,
    folder: resolve(config.dataDir),
    connections: 2,
  })
  const result = await work(database.db, config)
  await pingDatabase(database.db, 5000) // a question ends the embedded database's idle timer, which would hold the process
  return { result, config }
}
