/**
 * Makes the wall clock of a process jump between an hour behind and an hour ahead (F17), a few times a second: loaded into
 * it by `node --import`. Each jump is a line in the file that CLOCK_LOG names. Monotonic time is left alone, as it would be.
 */
// oxlint-disable no-restricted-globals, no-extend-native -- it changes the process it is loaded into
import { appendFileSync } from 'node:fs'

const hourMs = 3_600_000
const { CLOCK_LOG: log = '' } = process.env
const RealDate = Date
let offsetMs = 0

class JumpingDate extends RealDate {
  constructor(...args: readonly unknown[]) {
    if (args.length === 0) super(JumpingDate.now())
    else super(...(args as [number]))
  }

  static override now(): number {
    return RealDate.now() + offsetMs
  }
}
globalThis.Date = JumpingDate as DateConstructor

const jump = (): void => {
  offsetMs = Math.round((2 * Math.random() - 1) * hourMs)
  if (log !== '') appendFileSync(log, `${offsetMs}\n`)
}
jump()
setInterval(jump, 300).unref()
