import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { RowError } from '../../../contract/codes.ts'
import type { Page } from '../../../contract/common.ts'
import { get } from '../api/api.ts'
import { MENU_LIMIT, type PagesOptions } from '../api/pages.ts'
import { formatCount, plural } from '../lib/format.ts'
import { type Column, DataTable } from './DataTable.tsx'
import { EmptyNotice } from './notices.tsx'
import { showFailure } from './toasts.ts'

const COLUMNS: Column<RowError>[] = [
  { id: 'line', header: 'Line', cell: ({ line }) => formatCount(line), align: 'right', width: 80 },
  { id: 'reason', header: 'Why it was left out', cell: ({ reason }) => reason },
  { id: 'value', header: 'What it says', cell: ({ value }) => <span className="oc-wrap">{value || '(empty)'}</span> },
]

type Props = { count: number; pages: PagesOptions<RowError>; path: string; fileName: string }

/** The rows of a file that were not taken, by line and reason, and as a file to mend them in. */
export function RowErrors({ count, pages, path, fileName }: Props) {
  const [loading, setLoading] = useState(false)
  const download = async () => {
    setLoading(true)
    try {
      saveFile(fileName, toCsv(await readAll(path)))
    } catch (error) {
      showFailure(error)
    } finally {
      setLoading(false)
    }
  }
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text fw={600}>{plural(count, 'row was', 'rows were')} left out</Text>
        <Button
          variant="default"
          size="xs"
          loading={loading}
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => void download()}
        >
          Download as CSV
        </Button>
      </Group>
      <DataTable
        label="Rows left out"
        columns={COLUMNS}
        pages={pages}
        rowKey={({ line, reason }) => `${line} ${reason}`}
        empty={<EmptyNotice icon={<IconDownload />} title="No rows were left out" />}
      />
    </>
  )
}

async function readAll(path: string): Promise<RowError[]> {
  const rows: RowError[] = []
  let cursor: string | null = null
  do {
    const page: Page<RowError> = await get(path, { limit: MENU_LIMIT, cursor })
    rows.push(...page.items)
    cursor = page.next
  } while (cursor)
  return rows
}

/** Values that a spreadsheet would run as a formula get an apostrophe in front. */
function toCsv(rows: RowError[]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  return ['line,reason,value', ...rows.map(({ line, reason, value }) => `${line},${cell(reason)},${cell(value)}`)].join(
    '\r\n',
  )
}

function saveFile(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob(['\uFEFF', content], { type: 'text/csv' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}
