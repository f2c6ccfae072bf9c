/** What the members of a consumer group are subscribed to: the one thing that a coordinator reads in their metadata. */

import { type ClassicGroup } from './classic-group.ts'

export function subscribedTopics({ protocolType, protocolName, members }: ClassicGroup): ReadonlySet<string> {
  if (protocolType !== 'consumer') return new Set()
  const metadata = members
    .all()
    .flatMap(({ protocols }) => protocols.filter(({ name }) => protocolName === '' || name === protocolName))
  return new Set(metadata.flatMap((protocol) => topicsIn(protocol.metadata)))
}

/** ConsumerProtocolSubscription: two bytes of version, then the topics. What cannot be read subscribes to nothing. */
function topicsIn(metadata: Buffer): readonly string[] {
  try {
    let at = 6
    return Array.from({ length: metadata.readInt32BE(2) }, () => {
      const from = at + 2
      at = from + metadata.readInt16BE(at)
      return metadata.toString('utf8', from, at)
    })
  } catch {
    return []
  }
}
