import { Group, Paper, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import type { TemplateIssue } from '../../../../contract/messages.ts'

const PART_TEXT: Record<TemplateIssue['part'], string> = {
  subject: 'Subject',
  previewText: 'Preview text',
  html: 'HTML',
  text: 'Plain text',
}

type Props = { issues: TemplateIssue[]; onShow: (issue: TemplateIssue) => void }

/** What is wrong with the template, each with the place to click on. */
export function IssueList({ issues, onShow }: Props) {
  return (
    <Paper p="sm" role="status" aria-label="Issues">
      {issues.length === 0 ? (
        <Group gap="xs" px={6}>
          <IconCircleCheck size={18} color="var(--mantine-color-pine-6)" aria-hidden />
          <Text size="sm">No issues found.</Text>
        </Group>
      ) : (
        <Stack gap={2}>
          {issues.map((issue) => (
            <UnstyledButton
              key={`${issue.part} ${issue.line} ${issue.column} ${issue.code}`}
              px={6}
              py={6}
              onClick={() => onShow(issue)}
            >
              <Group gap="xs" wrap="nowrap" align="flex-start">
                {issue.severity === 'error' ? (
                  <IconCircleX
                    size={18}
                    style={{ flexShrink: 0 }}
                    color="var(--mantine-color-red-6)"
                    aria-label="Error"
                  />
                ) : (
                  <IconAlertTriangle
                    size={18}
                    style={{ flexShrink: 0 }}
                    color="var(--mantine-color-honey-5)"
                    aria-label="Warning"
                  />
                )}
                <Text size="sm" className="oc-wrap" miw={0}>
                  <Text span fw={600} size="sm">
                    {PART_TEXT[issue.part]}, line {issue.line}:
                  </Text>{' '}
                  {issue.message}
                </Text>
              </Group>
            </UnstyledButton>
          ))}
        </Stack>
      )}
    </Paper>
  )
}
