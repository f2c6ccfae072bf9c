import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mskIam } from '../msk-iam.ts'
import { alice, clusterArn } from '../testing/iam-account.ts'
import { LoginFailed, type Mechanism } from './mechanism.ts'
import { plain } from './plain.ts'
import { scram } from './scram.ts'

const users = { alice: 'secret' }
const all = [
  plain(users),
  scram('SCRAM-SHA-256', users),
  ...mskIam({ clusterArn, users: [alice] }).mechanisms,
  ...mskIam({ clusterArn, users: [alice], failureShape: 'apache' }).mechanisms,
]

const likely = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(
      fc.constantFrom(
        'n,',
        ',',
        'n=alice',
        'r=a',
        'c=biws',
        'p=',
        '\0',
        'alice',
        '\u0001',
        'auth=Bearer ',
        'e30',
        '{}',
        '{"version":',
      ),
      { maxLength: 8 },
    )
    .map((parts) => Buffer.from(parts.join(''))),
)

/** What becomes of a login with these messages. */
function outcomeOf(mechanism: Mechanism, messages: readonly Buffer[]): string {
  const exchange = mechanism.begin({ isRepeated: false })
  try {
    return messages.some((message) => exchange.next(message).identity !== undefined)
      ? 'let in'
      : 'asked for more'
  } catch (error) {
    return error instanceof LoginFailed ? 'refused' : String(error)
  }
}

test.for(all)('whatever is said, $name lets nobody in and only refuses', (mechanism) => {
  fc.assert(
    fc.property(fc.array(likely, { minLength: 1, maxLength: 3 }), (messages) => {
      expect(['asked for more', 'refused']).toContain(outcomeOf(mechanism, messages))
    }),
    { numRuns: 500 },
  )
})
