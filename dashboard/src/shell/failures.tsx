import { Button, Container, Group } from '@mantine/core'
import { IconCompass, IconPlugConnectedX } from '@tabler/icons-react'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { messageOf } from '../api/field-errors.ts'
import { ButtonLink } from '../parts/links.tsx'
import { EmptyNotice } from '../parts/notices.tsx'
import { Page } from '../parts/Page.tsx'
import { PATHS } from '../paths.ts'

export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const again = () => {
    reset()
    void router.invalidate()
  }
  return (
    <Container size="sm" py="xl" role="alert">
      <EmptyNotice
        icon={<IconPlugConnectedX />}
        title="This page could not be shown"
        action={
          <Group>
            <Button onClick={again}>Try again</Button>
            <Button variant="default" onClick={() => window.location.reload()}>
              Load the page anew
            </Button>
          </Group>
        }
      >
        {messageOf(error)}
      </EmptyNotice>
    </Container>
  )
}

export function NotFound() {
  return (
    <Page title="There is nothing at this address">
      <EmptyNotice
        icon={<IconCompass />}
        title="It may have been deleted, or the link is incomplete."
        action={<ButtonLink to={PATHS.home}>Go to the home page</ButtonLink>}
      />
    </Page>
  )
}
