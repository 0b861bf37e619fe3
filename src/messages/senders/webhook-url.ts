import type { SenderProvider } from '../../../contract/senders.ts'

/** Where the provider of a sender reports to. */
export function webhookUrlOf(row: { id: string; provider: SenderProvider }, publicUrl: string): string {
  return `${publicUrl.replace(/\/$/, '')}/webhooks/${row.provider}/${row.id}`
}

/** Whether a provider reports what became of messages. */
export function reportsBack(provider: SenderProvider): boolean {
  return provider !== 'smtp' && provider !== 'http'
}
