import { type StderrLine } from './stderr-line.ts'

export const progressModes = ['auto', 'bar', 'plain', 'none'] as const
export type ProgressMode = (typeof progressModes)[number]

/** How often a terminal's live line is drawn, and how often a line is logged elsewhere. */
export const progressEveryMs = { bar: 200, plain: 10_000 } as const

/**
 * Shows how far the work is, until the returned handle is disposed: one live line on a terminal, else one log line
 * every 10 s. The last state is always shown, so a short run has one line too. It keeps no process alive.
 */
export function startProgress(
  render: () => string,
  options: {
    readonly mode: ProgressMode
    readonly isTerminal: boolean
    readonly line: StderrLine
    readonly log: (text: string) => void
    readonly everyMs?: { readonly bar: number; readonly plain: number }
  },
): Disposable {
  const mode = options.mode === 'auto' ? (options.isTerminal ? 'bar' : 'plain') : options.mode
  if (mode === 'none') return { [Symbol.dispose]: () => {} }
  const show = mode === 'bar' ? () => options.line.show(render()) : () => options.log(render())
  if (mode === 'bar') show()
  const timer = setInterval(show, (options.everyMs ?? progressEveryMs)[mode])
  timer.unref()
  let ended = false
  return {
    [Symbol.dispose]: () => {
      if (ended) return
      ended = true
      clearInterval(timer)
      show()
      options.line.keep()
    },
  }
}
