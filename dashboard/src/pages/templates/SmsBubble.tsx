import { Box, Text } from '@mantine/core'

/** A text message as a phone shows it. */
export function SmsBubble({ text }: { text: string }) {
  return (
    <Box p="lg" mih={220}>
      <Text
        size="sm"
        className="oc-wrap"
        maw={300}
        p="sm"
        style={{
          whiteSpace: 'pre-wrap',
          background: 'var(--mantine-color-body)',
          border: '1px solid var(--oc-line)',
          borderRadius: '16px 16px 16px 4px',
        }}
      >
        {text}
      </Text>
    </Box>
  )
}
