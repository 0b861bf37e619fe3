import { Button, Code, FileInput, Group, Modal, Stack, Text } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useState } from 'react'
import type { CodeJob } from '../../../../contract/codes.ts'
import type { Coupon } from '../../../../contract/coupons.ts'
import { useUpload } from '../../api/use-upload.ts'
import { UploadProgress } from '../../parts/UploadProgress.tsx'

type Props = { coupon: Coupon; opened: boolean; onClose: () => void }

export function UploadCodesDialog({ coupon, opened, onClose }: Props) {
  const [file, setFile] = useState<File | null>(null)
  const upload = useUpload<CodeJob>({
    refreshes: ['code-jobs', 'coupons'],
    onDone: () => {
      setFile(null)
      onClose()
    },
  })
  return (
    <Modal opened={opened} onClose={onClose} title={`Upload codes for ${coupon.name}`}>
      <Stack>
        <Text size="sm">
          A CSV file with one code a line under a header such as <Code>Coupon Code</Code>. Rows that cannot be taken are
          listed afterwards, each with its line and reason. A Shopify shop gets the codes after the upload; what it does
          not take is listed too.
        </Text>
        <FileInput
          label="CSV file"
          accept=".csv,text/csv,text/plain"
          placeholder="Choose a file"
          leftSection={<IconFileTypeCsv size={18} aria-hidden />}
          clearable
          clearButtonProps={{ 'aria-label': 'Remove the file' }}
          value={file}
          onChange={setFile}
        />
        {upload.isPending && <UploadProgress share={upload.share} />}
        <Group>
          <Button
            disabled={!file}
            loading={upload.isPending}
            onClick={() => file && upload.send({ path: `/v1/coupons/${coupon.id}/codes/upload`, file })}
          >
            Upload
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
