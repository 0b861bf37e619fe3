import { Group, Paper, Text, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTimeZone } from '../api/account.ts'
import { formatCount, formatMoment, formatMomentWithZone, formatMoney } from '../lib/format.ts'
import { CopyButton } from './CopyButton.tsx'

/** A moment in the account's time zone; the zone is said on hover and to screen readers. */
export function Moment({ at, zone = false }: { at: string | null; zone?: boolean }) {
  const timeZone = useTimeZone()
  if (!at) return <span>–</span>
  const exact = formatMomentWithZone(at, timeZone)
  return (
    <time dateTime={at} title={`${exact} (${timeZone})`} style={{ whiteSpace: 'nowrap' }}>
      {zone ? exact : formatMoment(at, timeZone)}
    </time>
  )
}

export function Code({ code, copy = true }: { code: string; copy?: boolean }) {
  const masked = code.includes('•')
  return (
    <span className="oc-code" data-plain={!copy || masked || undefined}>
      {code}
      {copy && !masked && <CopyButton small text={code} label={`Copy the code ${code}`} />}
    </span>
  )
}

type StatProps = { label: string; value: ReactNode; hint?: ReactNode }

export function Stat({ label, value, hint }: StatProps) {
  return (
    <Paper p="md">
      <div className="oc-stat">
        <Text size="xs" c="dimmed" fw={600}>
          {label}
        </Text>
        <Text component="div" className="oc-figure oc-stat-value" fw={650} lh={1.3} mt={2}>
          {value}
        </Text>
        {hint && (
          <Text size="xs" c="dimmed" component="div">
            {hint}
          </Text>
        )}
      </div>
    </Paper>
  )
}

type Amount = { currency: string; amountMinor: number }

/** Amounts of several currencies are never added up. */
export function MoneyList({ amounts }: { amounts: Amount[] }) {
  if (amounts.length === 0) return <>–</>
  return (
    <>
      {amounts.map(({ currency, amountMinor }) => (
        <div key={currency}>{formatMoney(amountMinor, currency)}</div>
      ))}
    </>
  )
}

export type Part = { label: string; count: number; color: string }

/** A whole and its parts as one bar; the figures are said in words beside it. */
export function PartsBar({ parts, label, legend = false }: { parts: Part[]; label: string; legend?: boolean }) {
  const shown = parts.filter(({ count }) => count > 0)
  const total = shown.reduce((sum, { count }) => sum + count, 0)
  const words = shown.map(({ label: part, count }) => `${formatCount(count)} ${part}`).join(', ')
  return (
    <div>
      <Tooltip label={words || 'none'}>
        <div className="oc-bar" role="img" aria-label={`${label}: ${words || 'none'}`}>
          {shown.map(({ label: part, count, color }) => (
            <span key={part} style={{ width: `${(count / total) * 100}%`, background: color }} />
          ))}
        </div>
      </Tooltip>
      {legend && (
        <Group gap="lg" mt="sm" style={{ rowGap: 4 }}>
          {parts.map(({ label: part, count, color }) => (
            <Group key={part} gap={8} wrap="nowrap">
              <span aria-hidden style={{ width: 9, height: 9, borderRadius: 3, background: color }} />
              <Text size="sm">
                <Text span className="oc-figure" fw={600}>
                  {formatCount(count)}
                </Text>{' '}
                <Text span c="dimmed">
                  {part}
                </Text>
              </Text>
            </Group>
          ))}
        </Group>
      )}
    </div>
  )
}

export const COLORS = {
  available: 'var(--mantine-color-pine-6)',
  assigned: 'var(--mantine-color-honey-4)',
  redeemed: 'var(--mantine-color-indigo-5)',
  ended: 'var(--mantine-color-gray-5)',
  failed: 'var(--mantine-color-red-6)',
} as const
