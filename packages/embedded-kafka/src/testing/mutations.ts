/** Makes a valid request invalid, or different. Pure but for the given chance. */

import { type Random } from './random.ts'

/** Numbers at which parsers break: signs, limits, nulls, off by one. */
const edges = [0, 1, -1, -2, 2, 0x7f, 0x80, 0xff, 0x7fff, -0x8000, 0x7fff_ffff, -0x8000_0000, 0x1000_0000]
/** Lengths and counts in compact form: null, empty, huge, longer than five bytes. */
const compactEdges = [
  Buffer.of(0),
  Buffer.of(1),
  Buffer.of(0xff, 0xff, 0xff, 0xff, 0x07),
  Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f),
  Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
  Buffer.of(0x80, 0x80, 0x80, 0x80, 0x00),
]

/** Changes a copy of a request without its length; `other` is another request, to splice in. */
type Mutation = (request: Buffer, random: Random, other: Buffer) => Buffer

const replaced = (request: Buffer, at: number, until: number, by: Buffer): Buffer =>
  Buffer.concat([request.subarray(0, at), by, request.subarray(until)])

/** Where something may begin: anywhere, more often in the first bytes of the body. */
const place = (request: Buffer, random: Random): number =>
  random.chance(0.3) ? random.below(Math.min(request.length, 40)) : random.below(request.length)

const mutations: readonly Mutation[] = [
  function flipBit(request, random) {
    const at = place(request, random)
    return replaced(request, at, at + 1, Buffer.of((request[at] ?? 0) ^ (1 << random.below(8))))
  },
  function anyByte(request, random) {
    const at = place(request, random)
    return replaced(request, at, at + 1, random.bytes(1))
  },
  function edgeNumber(request, random) {
    const bytes = random.pick([1, 2, 4, 8])
    const edge = Buffer.alloc(bytes)
    if (bytes === 8) edge.writeBigInt64BE(BigInt(random.pick(edges)) << random.pick([0n, 31n]))
    else edge.writeIntBE((random.pick(edges) << (32 - bytes * 8)) >> (32 - bytes * 8), 0, bytes)
    const at = place(request, random)
    return replaced(request, at, at + bytes, edge)
  },
  function compactEdge(request, random) {
    const at = place(request, random)
    return replaced(request, at, at + 1, random.pick(compactEdges))
  },
  function truncate(request, random) {
    return request.subarray(0, random.below(request.length))
  },
  function append(request, random) {
    return Buffer.concat([request, random.bytes(1 + random.below(20))])
  },
  function remove(request, random) {
    const at = place(request, random)
    return replaced(request, at, at + 1 + random.below(8), Buffer.alloc(0))
  },
  function insert(request, random) {
    const at = place(request, random)
    return replaced(request, at, at, random.bytes(1 + random.below(8)))
  },
  function repeat(request, random) {
    const at = place(request, random)
    const piece = request.subarray(at, at + 1 + random.below(30))
    return replaced(request, at, at, Buffer.concat(Array.from({ length: 1 + random.below(50) }, () => piece)))
  },
  function splice(request, random, other) {
    return Buffer.concat([request.subarray(0, place(request, random)), other.subarray(place(other, random))])
  },
  function otherVersion(request, random) {
    if (request.length < 4) return request
    const version = Buffer.alloc(2)
    version.writeInt16BE(random.pick([0, 1, 2, 3, 5, 8, 9, 12, 13, 18, -1, 99]))
    return replaced(request, 2, 4, version)
  },
  function otherApi(request, random, other) {
    return request.length < 2 ? request : replaced(request, 0, 2, other.subarray(0, 2))
  },
]

/** One to four mutations, one after the other. @param request without the four bytes of its length */
export function mutated(request: Buffer, other: Buffer, random: Random): Buffer {
  let changed = request
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 4]); left > 0 && changed.length > 0; left--)
    changed = random.pick(mutations)(changed, random, other)
  return changed
}
