import { Button, Group, Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import '@mantine/dropzone/styles.css'
import { IconFileTypeCsv, IconUpload } from '@tabler/icons-react'
import { formatCount } from '../../lib/format.ts'
import { showFailure } from '../../parts/toasts.ts'

type Props = { file: File | null; onFile: (file: File | null) => void }

export function FileDrop({ file, onFile }: Props) {
  if (file)
    return (
      <Group className="oc-choice" justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <IconFileTypeCsv size={28} stroke={1.4} aria-hidden />
          <div style={{ minWidth: 0 }}>
            <Text fw={600} size="sm" className="oc-wrap">
              {file.name}
            </Text>
            <Text size="xs" c="dimmed">
              {formatCount(Math.ceil(file.size / 1024))} kB
            </Text>
          </div>
        </Group>
        <Button variant="default" size="xs" onClick={() => onFile(null)}>
          Choose another
        </Button>
      </Group>
    )
  return (
    <Dropzone
      multiple={false}
      accept={{ 'text/csv': ['.csv'], 'text/plain': ['.txt'] }}
      onDrop={([dropped]) => onFile(dropped ?? null)}
      onReject={() =>
        showFailure(new Error('Choose one CSV file. In a spreadsheet, use “Save as” or “Download as” CSV.'))
      }
      inputProps={{ 'aria-label': 'CSV file' }}
    >
      <Group justify="center" gap="md" mih={110} style={{ pointerEvents: 'none' }}>
        <IconUpload size={34} stroke={1.4} aria-hidden />
        <div>
          <Text fw={600}>Drop a CSV file here, or click to choose</Text>
          <Text size="sm" c="dimmed">
            Up to 2 GB, in UTF-8
          </Text>
        </div>
      </Group>
    </Dropzone>
  )
}
