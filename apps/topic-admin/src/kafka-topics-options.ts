/**
 * The command line of `kafka-topics.sh`, token by token, as its parser (jopt-simple, without abbreviations) reads it:
 * `--topic x`, `--topic=x`, `-topic x`; a required argument takes the next token whatever it looks like; what is left over is ignored.
 */

/** Option → does it take an argument. */
const takesArgument: ReadonlyMap<string, boolean> = new Map([
  ...[
    'bootstrap-server',
    'command-config',
    'config',
    'delete-config',
    'partition-size-limit-per-response',
    'partitions',
    'replica-assignment',
    'replication-factor',
    'topic',
    'topic-id',
  ].map((name): [string, boolean] => [name, true]),
  ...[
    'alter',
    'at-min-isr-partitions',
    'create',
    'delete',
    'describe',
    'exclude-internal',
    'help',
    'if-exists',
    'if-not-exists',
    'list',
    'topics-with-overrides',
    'unavailable-partitions',
    'under-min-isr-partitions',
    'under-replicated-partitions',
    'version',
  ].map((name): [string, boolean] => [name, false]),
])

/** Whether the option takes an argument; `undefined` when the Java tool has no such option. */
export function kafkaTopicsOptionTakesArgument(name: string): boolean | undefined {
  return takesArgument.get(name)
}

/** Options in the order of the alphabet, for the usage text. */
export const kafkaTopicsOptions: readonly string[] = [...takesArgument.keys()].toSorted()

/** What the Java tool writes to stderr before it ends with 1: nothing is on stdout. */
export class KafkaTopicsUsage extends Error {
  readonly exitCode = 1
}

/** What the Java tool writes to stdout after `Error while executing topic command : `, before it ends with 1. */
export class TopicCommandError extends Error {
  readonly exitCode = 1
}

/** The options of one command line, in the order given. */
export class KafkaTopicsOptions {
  readonly #found = new Map<string, string[]>()

  /** @throws KafkaTopicsUsage for an unknown option and for a missing argument */
  constructor(argv: readonly string[]) {
    for (let at = 0; at < argv.length; at++) {
      const token = argv[at] ?? ''
      if (token === '--') break
      if (!token.startsWith('-') || token === '-') continue
      const text = token.replace(/^--?/, '')
      const equals = text.indexOf('=')
      const name = equals < 0 ? text : text.slice(0, equals)
      const needsArgument = takesArgument.get(name)
      if (needsArgument === undefined) {
        // One dash and no such name is a cluster of one-letter options to the Java tool: its first letter is what is unknown.
        throw new KafkaTopicsUsage(
          `${token.startsWith('--') ? name : name.slice(0, 1)} is not a recognized option`,
        )
      }
      const values = this.#found.get(name) ?? []
      this.#found.set(name, values)
      if (!needsArgument) continue
      if (equals < 0) at++
      const value = equals < 0 ? argv[at] : text.slice(equals + 1)
      if (value === undefined) throw new KafkaTopicsUsage(`Option ${name} requires an argument`)
      values.push(value)
    }
  }

  has(name: string): boolean {
    return this.#found.has(name)
  }

  all(name: string): readonly string[] {
    return this.#found.get(name) ?? []
  }

  /** @throws TopicCommandError when the option was given twice */
  text(name: string): string | undefined {
    const values = this.all(name)
    if (values.length > 1) {
      throw new TopicCommandError(`Found multiple arguments for option ${name}, but you asked for only one`)
    }
    return values[0]
  }

  /** An `int` as `java.lang.Integer.valueOf` reads it. @throws TopicCommandError */
  int(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = javaInt(text)
    if (value === undefined) {
      throw new TopicCommandError(`Cannot parse argument '${text}' of option ${name}`)
    }
    return value
  }
}

/** A Java `int` in decimal, with or without a sign; `undefined` when it is none. */
export function javaInt(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined
  const value = Number(text)
  return value >= -(2 ** 31) && value < 2 ** 31 ? value : undefined
}
