import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { sessionQuery } from '../api/account.ts'
import { readAccountId, writeAccountId } from '../api/account-choice.ts'
import { ApiError } from '../api/api.ts'
import { PATHS } from '../paths.ts'

/** The chosen account is gone, or this person may not open it any more: begin again with the first one. */
function noticeLostAccount(error: unknown): void {
  if (error instanceof ApiError && error.code === 'account_not_found' && readAccountId()) {
    writeAccountId(null)
    window.location.assign(PATHS.home)
  }
}

function noticeFailure(error: unknown): void {
  noticeSignOut(error)
  noticeLostAccount(error)
}

/** A session that ended while a page was open: read it anew, and the frame leads to the log-in. */
function noticeSignOut(error: unknown): void {
  if (error instanceof ApiError && error.status === 401 && error.code === 'not_signed_in') {
    void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeFailure }),
  mutationCache: new MutationCache({ onError: noticeFailure }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server refuses stays refused; only a missing answer or its own failure is worth another try.
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
  },
})
