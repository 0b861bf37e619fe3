import { Avatar, Group, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import {
  IconBook,
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSelector,
  IconSun,
} from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { sessionQuery } from '../api/account.ts'
import { writeAccountId } from '../api/account-choice.ts'
import { post } from '../api/api.ts'
import { showFailure } from '../parts/toasts.ts'
import { PATHS } from '../paths.ts'

const SCHEMES = [
  { value: 'auto', label: 'Like the system', Icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', Icon: IconSun },
  { value: 'dark', label: 'Dark', Icon: IconMoon },
] as const

export function AccountMenu() {
  const { data: session } = useQuery(sessionQuery)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const chooseAccount = (accountId: string) => {
    writeAccountId(accountId)
    window.location.assign(PATHS.home)
  }
  return (
    <Menu width={240} position="top-start">
      <Menu.Target>
        <UnstyledButton p={8} mt={4} className="oc-nav-link" aria-label="Account and appearance">
          <Group gap={10} wrap="nowrap">
            <Avatar size={30} radius="md" color="pine" name={session?.account?.name ?? '?'} aria-hidden />
            <div style={{ minWidth: 0, flex: 1 }}>
              <Text size="sm" fw={600} truncate>
                {session?.account?.name ?? '…'}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {session?.user?.email}
              </Text>
            </div>
            <IconSelector size={16} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {session && session.accounts.length > 1 && (
          <>
            <Menu.Label>Account</Menu.Label>
            {session.accounts.map(({ id, name }) => (
              <Menu.Item
                key={id}
                onClick={() => chooseAccount(id)}
                rightSection={id === session.account?.id && <IconCheck size={16} aria-label="chosen" />}
              >
                {name}
              </Menu.Item>
            ))}
            <Menu.Divider />
          </>
        )}
        <Menu.Label>Appearance</Menu.Label>
        {SCHEMES.map(({ value, label, Icon }) => (
          <Menu.Item
            key={value}
            closeMenuOnClick={false}
            leftSection={<Icon size={16} aria-hidden />}
            rightSection={colorScheme === value && <IconCheck size={16} aria-label="chosen" />}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component="a" href="/docs" leftSection={<IconBook size={16} aria-hidden />}>
          API documentation
        </Menu.Item>
        <SignOutItem />
        {session && <Menu.Label>Onecode {session.version}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  )
}

function SignOutItem() {
  const client = useQueryClient()
  const signOut = async () => {
    try {
      await post('/auth/sign-out')
      writeAccountId(null)
      client.clear()
      window.location.assign(PATHS.login)
    } catch (error) {
      showFailure(error)
    }
  }
  return (
    <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
      Log out
    </Menu.Item>
  )
}
