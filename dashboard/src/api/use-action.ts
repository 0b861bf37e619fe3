import { useMutation, useQueryClient } from '@tanstack/react-query'
import { showFailure } from '../parts/toasts.ts'

type Options<I, O> = {
  run: (input: I) => Promise<O>
  /** Resources to read again afterwards, by the first part of their keys. */
  refreshes?: readonly string[]
  onDone?: (output: O, input: I) => void
}

/** Something that a person does with a button: runs once at a time, says when it failed, refreshes what it changed. */
export function useAction<O, I = void>({ run, refreshes = [], onDone }: Options<I, O>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: run,
    onError: showFailure,
    onSuccess: (output, input) => {
      for (const resource of [...refreshes, 'home']) void client.invalidateQueries({ queryKey: [resource] })
      onDone?.(output, input)
    },
  })
}
