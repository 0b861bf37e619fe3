import { Box, Button, Group, Skeleton, Text } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type ColumnDef, tableFeatures, useTable } from '@tanstack/react-table'
import { type ReactNode, useMemo } from 'react'
import type { PagesOptions } from '../api/pages.ts'
import { formatCount } from '../lib/format.ts'
import { ErrorNotice } from './notices.tsx'

export type Column<T> = {
  id: string
  header: string
  cell: (row: T) => ReactNode
  align?: 'right'
  /** Left out on narrow screens, where another column says enough. */
  phone?: 'hidden'
  width?: number | string
}

const features = tableFeatures({})
const NO_ROWS: never[] = []

type RowsProps<T> = { label: string; columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string; plain?: boolean }

/** Rows under columns. `label` names the table for screen readers. */
export function RowsTable<T>({ label, columns, rows, rowKey, plain = false }: RowsProps<T>) {
  const definitions = useMemo(
    () =>
      columns.map(
        ({ id, header, cell }): ColumnDef<typeof features, T & object> => ({
          id,
          header,
          cell: ({ row }) => cell(row.original),
        }),
      ),
    [columns],
  )
  const table = useTable({
    features,
    columns: definitions,
    data: rows as (T & object)[],
    getRowId: (row: T & object) => rowKey(row),
  })
  const column = (id: string) => columns.find((each) => each.id === id)
  return (
    <div className="oc-table-frame" data-plain={plain || undefined}>
      <table className="oc-table" aria-label={label}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th
                  key={header.id}
                  scope="col"
                  data-align={column(header.id)?.align}
                  data-phone={column(header.id)?.phone}
                  style={{ width: column(header.id)?.width }}
                >
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getAllCells().map((cell) => (
                <td key={cell.id} data-align={column(cell.column.id)?.align} data-phone={column(cell.column.id)?.phone}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

type Props<T> = {
  label: string
  columns: Column<T>[]
  pages: PagesOptions<T>
  rowKey: (row: T) => string
  /** What stands there when nothing exists, or nothing matches the filter. */
  empty: ReactNode
  plain?: boolean
  /** How soon the rows are read again, in ms; by what they are where it depends on them. */
  refetchInterval?: number | false | ((rows: T[]) => number | false)
}

/** A list of the API as a table: skeleton, error with retry, empty, rows, and the next page on demand. */
export function DataTable<T>({ label, columns, pages, rowKey, empty, plain = false, refetchInterval }: Props<T>) {
  const query = useInfiniteQuery({
    ...pages,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      typeof refetchInterval === 'function'
        ? refetchInterval(data?.pages.flatMap((page) => page.items) ?? [])
        : (refetchInterval ?? false),
  })
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? (NO_ROWS as T[]), [query.data])

  if (query.isPending) return <TableSkeleton plain={plain} />
  if (query.isError && rows.length === 0)
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
  if (rows.length === 0)
    return (
      <div className="oc-table-frame" data-plain={plain || undefined}>
        {empty}
      </div>
    )
  return (
    <Box aria-busy={query.isPlaceholderData} opacity={query.isPlaceholderData ? 0.55 : 1}>
      <RowsTable label={label} columns={columns} rows={rows} rowKey={rowKey} plain={plain} />
      {query.isError && (
        <Box mt="sm">
          <ErrorNotice error={query.error} onRetry={() => void query.fetchNextPage()} />
        </Box>
      )}
      <Group justify="space-between" mt="sm" px={4}>
        <Text size="sm" c="dimmed" role="status">
          {query.hasNextPage ? `First ${formatCount(rows.length)} shown` : `${formatCount(rows.length)} in all`}
        </Text>
        {query.hasNextPage && (
          <Button
            variant="default"
            size="xs"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Load more
          </Button>
        )}
      </Group>
    </Box>
  )
}

function TableSkeleton({ plain }: { plain: boolean }) {
  return (
    <div className="oc-table-frame" data-plain={plain || undefined} role="status" aria-label="Loading">
      {[70, 55, 80, 60, 75].map((width) => (
        <Box key={width} px="md" py={13}>
          <Skeleton h={14} w={`${width}%`} />
        </Box>
      ))}
    </div>
  )
}
