/** Telling the flags of `kafka-topics.sh` from pinpipe's own commands, and taking a line that mixes both apart. */
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { commonSettings } from '@pinpipe/service/common-settings'
import { kafkaTopicsOptionTakesArgument } from './kafka-topics-options.ts'

/** The name of the command that takes these flags. */
const kafkaTopicsName = 'kafka-topics'

/** Flags that only a line without a command of ours can mean. */
const actions = ['list', 'describe', 'create', 'alter', 'delete']
const typical = ['bootstrap-server', 'command-config', 'topic']

const ownCommands: ReadonlySet<string> = new Set(['list', 'describe', 'create', 'alter', 'delete', 'apply'])

/** Whether a command line is in the spelling of `kafka-topics.sh`: it begins with a flag, and names no command of ours. */
export function isKafkaTopicsSpelling(argv: readonly string[]): boolean {
  const [first = ''] = argv
  if (first === kafkaTopicsName) return true
  if (!first.startsWith('-')) return false
  const flags = argv.filter((token) => token.startsWith('-')).map(nameOf)
  if (flags.some((flag) => actions.includes(flag))) return true
  return flags.some((flag) => typical.includes(flag)) && !argv.some((token) => ownCommands.has(token))
}

/**
 * `--region r --list --topic t` → `kafka-topics --region r -- --list --topic t`: pinpipe's own flags (how to log in, how
 * to log) work in both spellings, everything else is for the parser of that spelling. Other lines stay as they are.
 */
export function withKafkaTopicsCommand(argv: readonly string[]): readonly string[] {
  if (!isKafkaTopicsSpelling(argv)) return argv
  const own: string[] = []
  const java: string[] = []
  const rest = argv[0] === kafkaTopicsName ? argv.slice(1) : argv
  if (rest.length === 1 && rest[0] === '--help') return [kafkaTopicsName, '--help']
  for (let at = 0; at < rest.length; at++) {
    const token = rest[at] ?? ''
    const takes = token.startsWith('-') ? argumentOf(token) : undefined
    const target = takes?.isOwn === true ? own : java
    target.push(token)
    if (takes?.next === true && at + 1 < rest.length) target.push(rest[++at] ?? '')
  }
  return [kafkaTopicsName, ...own, '--', ...java]
}

/** Whose flag it is, and whether the next token is its value. */
function argumentOf(token: string): { readonly isOwn: boolean; readonly next: boolean } {
  const name = nameOf(token)
  const hasValue = token.includes('=')
  const takesArgument = kafkaTopicsOptionTakesArgument(name)
  if (takesArgument !== undefined) return { isOwn: false, next: takesArgument && !hasValue }
  const isSwitch = ownFlags.get(name)
  return { isOwn: isSwitch !== undefined, next: isSwitch === false && !hasValue }
}

/** Our flags that the Java tool has not → is it a switch. */
const ownFlags: ReadonlyMap<string, boolean> = new Map(
  Object.values({ ...kafkaSettings, ...commonSettings }).flatMap((setting) => {
    const { flag, type } = setting as { readonly flag?: string; readonly type: { readonly shape: string } }
    if (flag === undefined) return []
    const isSwitch = type.shape === 'switch'
    return [[flag, isSwitch] as const, ...(isSwitch ? [[`no-${flag}`, true] as const] : [])]
  }),
)

function nameOf(token: string): string {
  return token.replace(/^--?/, '').replace(/=.*$/s, '')
}
