import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { showFailure } from './toasts.ts'

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  // Pages served over plain HTTP have no clipboard; the old way still works there.
  const field = document.createElement('textarea')
  field.value = text
  document.body.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (!copied) throw new Error('The browser does not allow copying here. Select the text and copy it by hand.')
}

type Props = { text: string; label: string; small?: boolean }

export function CopyButton({ text, label, small = false }: Props) {
  const [copied, setCopied] = useState(false)
  const copy = () =>
    copyText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 1500)
    }, showFailure)
  const Icon = copied ? IconCheck : IconCopy
  if (!small)
    return (
      <Button variant="light" onClick={copy} leftSection={<Icon size={16} aria-hidden />}>
        {copied ? 'Copied' : label}
      </Button>
    )
  return (
    <Tooltip label={copied ? 'Copied' : label}>
      <ActionIcon variant="subtle" color={copied ? 'pine' : 'honey'} size="sm" aria-label={label} onClick={copy}>
        <Icon size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
