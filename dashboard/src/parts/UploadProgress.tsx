import { Progress, Text } from '@mantine/core'
import { SpokenProgress } from './SpokenProgress.tsx'

/** How much of a file the server has read. It works while it reads, so this is how far the work is, too. */
export function UploadProgress({ share }: { share: number }) {
  const percent = Math.round(share * 100)
  return (
    <div>
      <Progress value={percent} animated size="lg" aria-label={`File read: ${percent} %`} />
      <SpokenProgress share={share} what="the file" />
      <Text size="sm" c="dimmed" mt={6} className="oc-figure">
        {percent < 100
          ? `${percent} % of the file is read. Stay on this page.`
          : 'The file is read; the last rows are written.'}
      </Text>
    </div>
  )
}
