import { environment } from '@pinpipe/local-stack/environment'
import { isStackRequired } from '@pinpipe/local-stack/vitest-setup'

/** What `fetch` gives; where it cannot be had the test is skipped and says why, or fails when CI or REQUIRE_STACK is set. */
export async function orSkip(skip: (note?: string) => never, fetch: () => Promise<string>): Promise<string> {
  try {
    return await fetch()
  } catch (error) {
    if (isStackRequired(environment)) throw error
    return skip(error instanceof Error ? error.message : String(error))
  }
}
