import { Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorNotice } from './notices.tsx'

type Props<T> = {
  query: UseQueryResult<T>
  /** Stands in while loading; three grey lines by default. */
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}

/** Shows what a query read; until then its skeleton, or its error with a way to try again. */
export function Loaded<T>({ query, skeleton, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.isError) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
  return (
    <div role="status" aria-label="Loading">
      {skeleton ?? (
        <Stack gap="sm">
          <Skeleton h={22} w="40%" />
          <Skeleton h={90} radius="lg" />
          <Skeleton h={180} radius="lg" />
        </Stack>
      )}
    </div>
  )
}
