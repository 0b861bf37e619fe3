import { useState } from 'react'
import { postFile } from './api.ts'
import { useAction } from './use-action.ts'

type Options<T> = { refreshes: readonly string[]; onDone: (output: T) => void }
type Input = { path: string; file: File; query?: Record<string, string> }

/** Sends a file; `share` says from 0 to 1 how much of it the server has taken. */
export function useUpload<T>({ refreshes, onDone }: Options<T>) {
  const [share, setShare] = useState(0)
  const action = useAction<T, Input>({
    run: ({ path, file, query }) => {
      setShare(0)
      return postFile<T>(path, file, query ?? {}, setShare)
    },
    refreshes,
    onDone,
  })
  return { send: action.mutate, share, isPending: action.isPending }
}
