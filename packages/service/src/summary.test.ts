import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { writeLine, writeSummary } from './summary.ts'

describe('a summary', () => {
  it('is one line of JSON with bigint as text', async () => {
    let text = ''
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString()
        done()
      },
    })
    await writeSummary(stream, { records: 3, last: 2n ** 60n, none: undefined })
    expect(text).toBe('{"records":3,"last":"1152921504606846976"}\n')
  })

  it('waits for a slow reader and reports a broken one', async () => {
    const taken: string[] = []
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          taken.push(chunk.toString())
          done()
        })
      },
    })
    await writeLine(slow, 'x')
    expect(taken).toEqual(['x\n'])
    const broken = new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('gone'))
      },
    })
    broken.on('error', () => {})
    await expect(writeLine(broken, 'x')).rejects.toThrow('gone')
  })
})
