/**
 * Names of the protocol's objects. Below `_chain/<topic>@<epoch>/<partition>/` the latest link comes first in the order of
 * bytes, so that a listing of one key finds it; the genesis comes after every link.
 */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'

const highestOffset = 2n ** 63n - 1n
const digits = 19

export type ChainPlace = TopicPartition & { readonly epoch: number }

/** `_chain/<topic>@`: what follows are the epochs. */
export function epochsPrefix(topic: string): string {
  return `_chain/${topic}@`
}

/** `_chain/<topic>@<epoch>/<partition>/`. */
export function chainPrefix({ topic, epoch, partition }: ChainPlace): string {
  return `${epochsPrefix(topic)}${epoch}/${partition}/`
}

export function linkKey(place: ChainPlace, start: bigint): string {
  return `${startPrefix(place, start)}.json`
}

/** Sorts before the link of the same start: a listing finds that the claim was given up. */
export function abandonKey(place: ChainPlace, start: bigint): string {
  return `${startPrefix(place, start)}.abandoned.json`
}

/** Sorts before the links that start at the offset or below, and behind all others: a listing that begins here finds who has it. */
export function searchKey(place: ChainPlace, offset: bigint): string {
  return `${chainPrefix(place)}${(highestOffset - offset).toString().padStart(digits, '0')}`
}

function startPrefix(place: ChainPlace, start: bigint): string {
  return `${searchKey(place, start)}-${start}`
}

export function genesisKey(place: ChainPlace): string {
  return `${chainPrefix(place)}genesis.json`
}

export function settingsKey(id: string): string {
  return `_chain/config/${id}.json`
}
