/** The one shape that every sink of records has: Kafka, standard output, files. */

import { type EncodedRecord } from './record-encoder.ts'

export interface Output extends AsyncDisposable {
  /** Where records go, for sentences and logs. */
  readonly name: string
  /** Refuses to start (throws a Failure) when the sink cannot take records of these topics. Called before anything is sent. */
  check(topics: readonly string[]): Promise<void>
  /**
   * Takes records, in order, and resolves when there is room for more. What it took is counted as acknowledged or as
   * failed in the end. Throws the Failure that broke the sink; records that come after it count as failed.
   */
  write(records: readonly EncodedRecord[]): Promise<void>
  /** Resolves when everything taken is acknowledged; throws the Failure that broke the sink. */
  flush(): Promise<void>
}
