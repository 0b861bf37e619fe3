import type { Readable, Writable } from 'node:stream'
import type { Client } from './client.ts'

/** Exit code of a command whose waiting Ctrl-C ended, as shells count it. */
export const INTERRUPTED = 130

/** What the command line stands on; tests give their own. */
export type Io = {
  environment: Record<string, string | undefined>
  input: Readable & { isTTY?: boolean }
  output: Writable & { isTTY?: boolean }
  /** Errors, questions and progress: `output` holds the result and nothing else. */
  notes: Writable & { isTTY?: boolean }
  /** Calls the listener when the person presses Ctrl-C; returns how to stop listening. */
  onInterrupt: (listener: () => void) => () => void
}

/** What every command is given. */
export type Cli = {
  io: Io
  isJson: () => boolean
  /** Opens the connection to the server when a command needs one. Throws CliError without a key. */
  client: () => Client
  /** Prints a result: the value with --json, else the text. */
  show: (value: unknown, text: string) => void
  /** Says something by the way; nothing with --json. */
  note: (text: string) => void
  /** Ends the command with this exit code after its result was shown. */
  setExitCode: (code: number) => void
}
