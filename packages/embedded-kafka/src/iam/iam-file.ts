/** The options of MSK's IAM from a JSON file, for the command line. */

import { z } from 'zod'
import { type MskIamOptions } from '../msk-iam.ts'

const document = z.record(z.string(), z.unknown())
const ms = z.number().nonnegative()

const schema = z.strictObject({
  clusterArn: z.string(),
  users: z.array(
    z.strictObject({
      arn: z.string(),
      accessKeyId: z.string(),
      secretAccessKey: z.string(),
      sessionToken: z.string().exactOptional(),
      expiresAtMs: ms.exactOptional(),
      policies: z.array(document),
    }),
  ),
  roles: z
    .array(
      z.strictObject({
        arn: z.string(),
        policies: z.array(document),
        trust: document.exactOptional(),
        maxSessionMs: ms.exactOptional(),
      }),
    )
    .exactOptional(),
  mechanisms: z.array(z.enum(['OAUTHBEARER', 'AWS_MSK_IAM'])).exactOptional(),
  maxSessionMs: ms.exactOptional(),
  shortestSessionMs: ms.exactOptional(),
  connectsPerSecond: z.number().positive().exactOptional(),
  skewMs: z.number().exactOptional(),
  failureShape: z.enum(['msk', 'apache']).exactOptional(),
})

/** @throws RangeError that says what is wrong with the text, never its secrets */
export function iamOptions(text: string): MskIamOptions {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new RangeError('the file of --msk-iam is no JSON')
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new RangeError(`the file of --msk-iam is wrong:\n${z.prettifyError(parsed.error)}`)
}
