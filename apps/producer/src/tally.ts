/** The figures of a run, counted where things happen and read by the summary, the progress line and /status. */
export class Tally {
  postsRead = 0
  /** Posts of which at least one record was handed to the output. */
  posts = 0
  skipped = 0
  invalid = 0
  records = 0
  acked = 0
  failed = 0
  valueBytes = 0
  sendRetries = 0
  sourceRetries = 0
}
