import { Box, Center, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Brand } from './Brand.tsx'

type Props = { title: string; description?: ReactNode; width?: number; children: ReactNode }

/** A page without the frame: one card in the middle. */
export function BarePage({ title, description, width = 440, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Onecode`
  }, [title])
  return (
    <Center component="main" mih="100dvh" px="md" py={48} className="oc-main">
      <Stack w="100%" maw={width} gap="xl">
        <Center>
          <Brand size={34} />
        </Center>
        <Paper p={{ base: 'lg', sm: 32 }} shadow="xs">
          <Box mb="lg">
            <Title order={1} fz="1.35rem">
              {title}
            </Title>
            {description && (
              <Text c="dimmed" size="sm" mt={6} component="div">
                {description}
              </Text>
            )}
          </Box>
          {children}
        </Paper>
      </Stack>
    </Center>
  )
}
