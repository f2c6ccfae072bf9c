/** What the producer reports about itself: each event is a log line, a counter, or both at once. */

import { type Logger } from '@pinpipe/service/logger'
import { type Metrics } from '@pinpipe/service/metrics'
import { defineEvents, type Emitters } from '@pinpipe/service/events'

const specs = {
  started: { level: 'info', message: 'sending begins' },
  postsRead: { message: 'posts were read', counter: 'posts_read_total', help: 'Posts read from the source' },
  postsSkipped: {
    message: 'posts were skipped',
    counter: 'posts_skipped_total',
    help: 'Posts skipped because a row was missing',
  },
  rowRejected: {
    level: 'warn',
    message: 'a row does not fit its schema and was rejected',
    counter: 'rows_rejected_total',
    help: 'Rows that do not fit their schema',
    labels: ['table'],
  },
  recordsAcked: {
    message: 'records were acknowledged',
    counter: 'records_acked_total',
    help: 'Records the sink acknowledged',
    labels: ['topic'],
  },
  recordsFailed: {
    level: 'error',
    message: 'records were not acknowledged; the run stops',
    counter: 'records_failed_total',
    help: 'Records that were read and not acknowledged',
    labels: ['topic'],
  },
  bytesAcked: {
    message: 'bytes were acknowledged',
    counter: 'value_bytes_acked_total',
    help: 'Bytes of the acknowledged values',
    labels: ['topic'],
  },
  sendRetried: {
    level: 'warn',
    message: 'a batch was not acknowledged and is sent again',
    counter: 'send_retries_total',
    help: 'Batches sent again after a failure',
    labels: ['topic'],
  },
  sourceRetried: {
    level: 'warn',
    message: 'the source did not answer; the statement runs again on a fresh connection',
    counter: 'source_retries_total',
    help: 'Statements run again after a failure',
  },
} as const

export type ProducerEvents = Emitters<typeof specs>

/** Declares the events on the log and the metrics of one command. */
export function producerEvents(sinks: { readonly log: Logger; readonly metrics: Metrics }): ProducerEvents {
  return defineEvents(sinks, specs)
}
