import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { fakeProcess } from './fake-process.ts'
import { startProgress, type ProgressMode } from './progress.ts'
import { StderrLine } from './stderr-line.ts'

function showing(mode: ProgressMode, isTerminal: boolean) {
  const proc = fakeProcess({ isTerminal })
  const line = new StderrLine(proc.stderr, (text) => text.replaceAll('hunter22', '[secret]'))
  const logged: string[] = []
  let done = 0
  const shown = startProgress(() => `${++done} done with hunter22`, {
    mode,
    isTerminal,
    line,
    log: (text) => void logged.push(text),
    everyMs: { bar: 5, plain: 5 },
  })
  return { proc, line, logged, shown }
}

describe('progress', () => {
  it('is one live line on a terminal, redrawn, redacted, with log lines above it', async () => {
    const { proc, line, logged, shown } = showing('auto', true)
    await vi.waitFor(() => expect(proc.output.stderr).toContain('3 done with [secret]'))
    line.write('a log line\n')
    shown[Symbol.dispose]()
    line.write('after\n')
    expect(logged).toEqual([])
    expect(proc.output.stderr).not.toContain('hunter22')
    const visible = screenOf(proc.output.stderr)
    expect(visible).toEqual(['a log line', expect.stringMatching(/^\d+ done with \[secret\]$/), 'after'])
  })

  it('is logged from time to time elsewhere, and once at the end', async () => {
    const { proc, logged, shown } = showing('auto', false)
    await vi.waitFor(() => expect(logged.length).toBeGreaterThan(2))
    const before = logged.length
    shown[Symbol.dispose]()
    shown[Symbol.dispose]()
    expect(logged).toHaveLength(before + 1)
    expect(proc.output.stderr).toBe('')
  })

  it('can be switched off and forced', async () => {
    const none = showing('none', true)
    const plain = showing('plain', true)
    await pause(20)
    none.shown[Symbol.dispose]()
    plain.shown[Symbol.dispose]()
    expect([none.proc.output.stderr, none.logged.length, plain.proc.output.stderr]).toEqual(['', 0, ''])
    expect(plain.logged.length).toBeGreaterThan(0)
  })
})

/** The lines that a terminal shows after this output: understands erase line, cursor up and to column. */
function screenOf(output: string): string[] {
  const rows: string[] = ['']
  let row = 0
  let rest = output
  while (rest !== '') {
    // oxlint-disable-next-line no-control-regex
    const escape = /^\u001B\[(\??\d*)([A-Za-z])/.exec(rest)
    if (escape !== null) {
      rest = rest.slice(escape[0].length)
      if (escape[2] === 'K') rows[row] = ''
      if (escape[2] === 'A') row -= Number(escape[1] === '' ? 1 : escape[1])
      if (escape[2] === 'J') rows.length = row + 1
      continue
    }
    const char = rest[0] ?? ''
    rest = rest.slice(1)
    if (char === '\n') {
      row++
      rows[row] ??= ''
    } else rows[row] = (rows[row] ?? '') + char
  }
  return rows.filter((text) => text !== '')
}
