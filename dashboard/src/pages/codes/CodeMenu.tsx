import { ActionIcon, Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots, IconMailForward, IconReplace, IconTicketOff } from '@tabler/icons-react'
import { useRole } from '../../api/account.ts'
import { askToConfirm } from '../../parts/confirm.tsx'
import { ReplaceDialog } from './ReplaceDialog.tsx'
import { RevokeDialog } from './RevokeDialog.tsx'
import { type Usable, useResend } from './usable.ts'

/** What support does with one code. Nothing for who may not give codes. */
export function CodeMenu({ code }: { code: Usable }) {
  const { canEditPeople } = useRole()
  const [revoking, revoke] = useDisclosure(false)
  const [replacing, replace] = useDisclosure(false)
  const resend = useResend()
  if (!canEditPeople) return null
  const { person } = code
  const sendAgain = () =>
    askToConfirm({
      title: 'Send the message again?',
      body: `The message that told ${person} the code ${code.code} goes to them once more, if they still agree to get messages.`,
      confirm: 'Send again',
      onConfirm: () => resend.mutate(code.id),
    })
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Actions for the code ${code.code}`}
            loading={resend.isPending}
          >
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {person !== null && (
            <Menu.Item leftSection={<IconMailForward size={16} aria-hidden />} onClick={sendAgain}>
              Send again
            </Menu.Item>
          )}
          {person !== null && (
            <Menu.Item leftSection={<IconReplace size={16} aria-hidden />} onClick={replace.open}>
              Replace
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTicketOff size={16} aria-hidden />} onClick={revoke.open}>
            Revoke
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RevokeDialog code={code} opened={revoking} onClose={revoke.close} />
      <ReplaceDialog code={code} opened={replacing} onClose={replace.close} />
    </>
  )
}
