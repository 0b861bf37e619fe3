import { Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { CopyButton } from '../../parts/CopyButton.tsx'

/** How a template names the coupon. */
export function TagHint({ name }: { name: string }) {
  const tags = [
    { tag: `{% coupon_code '${name}' %}`, text: 'writes the person’s code' },
    { tag: `{% coupon_expires '${name}' %}`, text: 'writes until when it holds' },
    { tag: `{% coupon_link '${name}' '/' %}`, text: 'a link that applies the code' },
  ]
  return (
    <Paper p="lg" h="100%">
      <Title order={2} mb="md">
        In a template
      </Title>
      <Stack gap="md">
        {tags.map(({ tag, text }) => (
          <div key={tag}>
            <Group gap={6} wrap="nowrap" justify="space-between">
              <Code className="oc-wrap">{tag}</Code>
              <CopyButton small text={tag} label={`Copy ${tag}`} />
            </Group>
            <Text size="xs" c="dimmed" mt={2}>
              {text}
            </Text>
          </div>
        ))}
      </Stack>
    </Paper>
  )
}
