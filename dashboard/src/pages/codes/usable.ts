import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { ResendReply } from '../../../../contract/codes.ts'
import { post } from '../../api/api.ts'
import { useAction } from '../../api/use-action.ts'
import { showDone } from '../../parts/toasts.ts'

/** A code that something can be done with: somebody has it and can use it, or it is still in line (`person` null). */
export type Usable = { id: string; code: string; couponName: string; person: string | null }

/** Reads again what shows codes, after one of them was taken out of use. */
export function useRefreshCodes(): () => void {
  const client = useQueryClient()
  return useCallback(() => {
    for (const resource of ['profiles', 'coupons', 'home']) void client.invalidateQueries({ queryKey: [resource] })
  }, [client])
}

/** Sends the message that told a code again, and says where it goes. */
export function useResend() {
  return useAction({
    run: (codeId: string) => post<ResendReply>(`/v1/codes/${codeId}/resend`),
    refreshes: ['profiles', 'messages'],
    onDone: ({ to, medium }) => showDone(`The ${medium === 'sms' ? 'text message' : 'email'} goes to ${to} again.`),
  })
}
