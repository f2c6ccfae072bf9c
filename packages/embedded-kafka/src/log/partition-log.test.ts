import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../manual-clock.ts'
import { batchOf, batchesIn } from '../testing/batches.ts'
import { TopicConfigs } from '../topic-configs.ts'
import { LogMemory } from './log-memory.ts'
import { PartitionLog } from './partition-log.ts'
import { Pins } from './pins.ts'

const clock = new ManualClock()

function newLog(memory = new LogMemory(1e9, 'drop-oldest')): PartitionLog {
  return new PartitionLog('t-0', new TopicConfigs(), clock, memory)
}

/** Offsets of the whole batches that a read returns. */
function offsetsFrom(log: PartitionLog, offset: bigint, maxBytes: number): readonly bigint[] {
  const { records } = log.read(offset, {
    maxBytes,
    atLeastOne: true,
    isCommittedOnly: false,
    pins: new Pins(),
  })
  return batchesIn(Buffer.concat(records)).map(({ baseOffset }) => baseOffset)
}

/** Around the borders where a batch gets a chunk of its own, and where a chunk is full. */
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 60_000, max: 70_000 })), {
  minLength: 1,
  maxLength: 40,
})

test('every batch is found from every offset, in order and without a gap', () => {
  fc.assert(
    fc.property(sizes, (bytes) => {
      const log = newLog()
      const bases = bytes.map(
        (size, at) =>
          log.append(batchOf(['x'.repeat(size), String(at)], { baseTimestamp: clock.now() }), 0).baseOffset,
      )
      expect(log.highWatermark).toBe(BigInt(2 * bytes.length))
      for (const [at, base] of bases.entries()) {
        expect(offsetsFrom(log, base, 1e9)).toEqual(bases.slice(at))
        expect(offsetsFrom(log, base + 1n, 1)).toEqual([base])
      }
      expect(log.bytesFrom(0n, false)).toBe(log.sizeBytes)
    }),
    { numRuns: 30 },
  )
})

test('a reader’s bytes stay as they are while the log goes on', () => {
  const log = newLog(new LogMemory(1024 * 1024, 'drop-oldest'))
  for (let at = 0; at < 200; at++) log.append(batchOf(['x'.repeat(500)], { baseTimestamp: clock.now() }), 0)
  const pins = new Pins()
  const { records } = log.read(0n, { maxBytes: 1e6, atLeastOne: true, isCommittedOnly: false, pins })
  const before = Buffer.concat(records)
  for (let at = 0; at < 200; at++) log.append(batchOf(['x'.repeat(500)], { baseTimestamp: clock.now() }), 0)
  log.truncateTo(0n)
  log.append(batchOf(['other'], { baseTimestamp: clock.now() }), 0)
  for (let at = 0; at < 5_000; at++) log.append(batchOf(['y'.repeat(500)], { baseTimestamp: clock.now() }), 0)
  expect(log.startOffset).toBeGreaterThan(200n)
  expect(Buffer.concat(records).equals(before)).toBe(true)
  pins.release()
  for (let at = 0; at < 5_000; at++) log.append(batchOf(['z'.repeat(500)], { baseTimestamp: clock.now() }), 0)
  expect(Buffer.concat(records).equals(before)).toBe(false)
})

test('what is deleted gives its memory back', () => {
  const memory = new LogMemory(1e9, 'drop-oldest')
  const log = newLog(memory)
  for (let at = 0; at < 100; at++)
    log.append(batchOf(['x'.repeat(50_000)], { baseTimestamp: clock.now() }), 0)
  const full = memory.usedBytes
  log.deleteBefore(90n)
  expect(memory.usedBytes).toBeLessThan(full / 3)
  log.close()
  expect(memory.usedBytes).toBe(0)
})
