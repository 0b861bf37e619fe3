import { Group, Text } from '@mantine/core'

export function Brand({ size = 26 }: { size?: number }) {
  return (
    <Group gap={9} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <path
          fill="var(--mantine-primary-color-filled)"
          d="M7 5h18a4 4 0 0 1 4 4v3.5a3.5 3.5 0 0 0 0 7V23a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4v-3.5a3.5 3.5 0 0 0 0-7V9a4 4 0 0 1 4-4Z"
        />
        <path fill="#fff" d="M17.8 10.2v11.6h-3v-8.2l-2.5.9-.8-2.4 4-1.9Z" />
      </svg>
      <Text fw={700} fz={size * 0.7} lh={1} style={{ letterSpacing: '-0.02em' }}>
        Onecode
      </Text>
    </Group>
  )
}
