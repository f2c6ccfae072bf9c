/** A location as a sentence. */
import { linkKey, type ChainPlace } from '../chain/chain-keys.ts'
import type { Holder, Location } from './location.ts'

export function sentenceOf(place: ChainPlace, offset: bigint, location: Location): string {
  const named = `offset ${offset} of topic ${place.topic}, partition ${place.partition}${place.epoch === 0 ? '' : `, epoch ${place.epoch}`},`
  switch (location.kind) {
    case 'stored': {
      const places = location.holders.map(holderText)
      const link = `claimed by ${linkKey(place, location.link.start)}`
      if (location.isCertain) return `${named} is in ${places.join('')}, ${link}`
      return `${named} is in ${places.length === 1 ? '' : 'one of '}${places.join(', ')}, if it is a record; ${link}; --exact may tell more`
    }
    case 'no-record':
      return `${named} is in no object: its range is stored, so it is a transaction marker, a compacted record, or left out by the settings`
    case 'given-up': {
      const { start, end, reason, who, plannedAt } = location.link
      return `${named} was given up with ${start} to ${end} at ${new Date(plannedAt).toISOString()}: ${reason} (${who})`
    }
    case 'not-stored-yet':
      return `${named} is not stored yet: the next range begins at ${location.frontier}`
    case 'ended':
      return `${named} is not stored in this epoch, which ended at ${location.link.start}: the topic was made anew; ask with --epoch ${place.epoch + 1}`
    case 'before-the-chain':
      return `${named} is not stored: the chain begins at ${location.genesis.start} (${location.genesis.from})`
    default:
      return `${named} is in no range: nothing is stored of this partition so far, or its link was collected`
  }
}

function holderText({ key, isDead, firstLine, lastLine }: Holder): string {
  const lines = firstLine === lastLine ? `line ${firstLine}` : `lines ${firstLine} to ${lastLine}`
  return `${key} ${lines}${isDead ? ' (dead letters)' : ''}`
}
