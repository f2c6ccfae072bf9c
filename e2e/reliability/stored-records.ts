/** The records of an object: lines of JSON, envelopes, dead letters, or values framed by their lengths. Pure. */
import type { StoredRecord } from './check-contents.ts'
import { digestOf, metaDigest, printedHeader, valueDigest } from './digest.ts'
import { membersOf } from './json-members.ts'
import type { ObjectName } from './object-name.ts'

const lineFeed = 0x0a

/** @throws Error, with what is wrong, for bytes that are not what the name says */
export function storedRecords(name: ObjectName, content: Buffer): readonly StoredRecord[] {
  return name.format === 'bin' ? framedValues(content) : linesOf(name, content)
}

/** Each value after its length, 4 bytes, big-endian; -1 is a record without a value. */
function framedValues(content: Buffer): readonly StoredRecord[] {
  const records: StoredRecord[] = []
  for (let at = 0; at < content.length;) {
    const length = content.readInt32BE(at)
    const end = at + 4 + Math.max(0, length)
    if (length < -1 || end > content.length) throw new Error(`no value of ${length} bytes fits at byte ${at}`)
    records.push({ value: valueDigest(length === -1 ? null : content.subarray(at + 4, end)) })
    at = end
  }
  return records
}

function linesOf(name: ObjectName, content: Buffer): readonly StoredRecord[] {
  if (content.length > 0 && content.at(-1) !== lineFeed) throw new Error('its last line has no end')
  const records: StoredRecord[] = []
  let isEnvelope = false
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(lineFeed, at)
    const line = content.subarray(at, end)
    if (at === 0) isEnvelope = name.area === 'dead' || isEnvelopeLine(line)
    records.push(isEnvelope ? recordOf(line, name) : { line: digestOf(line) })
    at = end + 1
  }
  return records
}

/** Values of the load driver never look like this. */
function isEnvelopeLine(line: Buffer): boolean {
  return line.subarray(0, 9).toString() === '{"topic":' && membersOf(line).has('offset')
}

type Letter = {
  readonly topic: string
  readonly partition: number
  readonly timestamp: number
  readonly key: string | null
  readonly headers: Readonly<Record<string, HeaderText>>
  readonly base64: readonly string[]
}
type HeaderText = string | null | readonly (string | null)[]

function recordOf(line: Buffer, { area, topic, partition }: ObjectName): StoredRecord {
  const members = membersOf(line)
  const raw = (name: string): string => {
    const text = members.get(name)
    if (text === undefined) throw new Error(`a line has no ${name}`)
    return text.toString()
  }
  const parsed = <Name extends keyof Letter>(name: Name): Letter[Name] =>
    JSON.parse(raw(name)) as Letter[Name]
  if (parsed('topic') !== topic || parsed('partition') !== partition) {
    throw new Error(`it holds a record of ${raw('topic')}, partition ${raw('partition')}`)
  }
  const base64 = members.has('base64') ? parsed('base64') : []
  const bytes = (text: string | null, name: string): Buffer | null =>
    text === null ? null : Buffer.from(text, base64.includes(name) ? 'base64' : 'utf8')
  const record = {
    offset: BigInt(raw('offset')),
    meta: metaDigest({
      timestamp: BigInt(raw('timestamp')),
      key: bytes(parsed('key'), 'key'),
      headers: Object.entries(parsed('headers')).flatMap(([header, texts]) =>
        Array.isArray(texts)
          ? texts.map((text: string | null, i) =>
              printedHeader(header, bytes(text, `headers.${header}.${i}`)),
            )
          : [printedHeader(header, bytes(texts as string | null, `headers.${header}`))],
      ),
    }),
  }
  return area === 'dead'
    ? { ...record, value: valueDigest(bytes(JSON.parse(raw('value')) as string | null, 'value')) }
    : { ...record, line: digestOf(members.get('value') ?? '') }
}
