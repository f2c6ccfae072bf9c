/** Which host names and regions belong to which AWS partition. */

import { MskAuthError } from './errors.ts'

export type Partition = {
  readonly name: 'aws' | 'aws-cn' | 'aws-us-gov'
  /** What the names of brokers end in. */
  readonly dnsSuffix: string
  readonly region: RegExp
}

/**
 * The partitions in which MSK exists. Source: the AWS SDK's partitions.json.
 * The narrow patterns come first: `us-gov-west-1` also looks like a region of `aws`.
 */
export const partitions: readonly Partition[] = [
  { name: 'aws-us-gov', dnsSuffix: 'amazonaws.com', region: /^us-gov-[a-z]+-\d+$/ },
  { name: 'aws-cn', dnsSuffix: 'amazonaws.com.cn', region: /^cn-[a-z]+-\d+$/ },
  { name: 'aws', dnsSuffix: 'amazonaws.com', region: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/ },
]

// Anchored at the end: a cluster's name may itself hold a region ("b-1.demo-us-west-1.x.c2.kafka.us-west-2…").
const brokerHost = /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)$/

/** The partition of a region, or undefined for a region of no known partition. */
export function partitionOf(region: string): Partition | undefined {
  return partitions.find((partition) => partition.region.test(region))
}

/**
 * The region that an MSK broker's host name tells: `b-1.c.x.c2.kafka.eu-west-1.amazonaws.com` or
 * `boot-x.c1.kafka-serverless.eu-west-1.amazonaws.com`, with or without a port. Undefined for any other name.
 */
export function regionOfBroker(broker: string): string | undefined {
  const host = broker.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase()
  const [, region, suffix] = brokerHost.exec(host) ?? []
  return region !== undefined && partitionOf(region)?.dnsSuffix === suffix ? region : undefined
}

/**
 * The region itself. Throws INVALID_REGION for what cannot be one: the region becomes part of a host name.
 * A region of a partition that is not in the table passes, so that a new region needs no new release.
 */
export function checkedRegion(region: string): string {
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) return region
  throw new MskAuthError(
    'INVALID_REGION',
    `${JSON.stringify(region)} is not an AWS region: give one like eu-west-1.`,
  )
}
