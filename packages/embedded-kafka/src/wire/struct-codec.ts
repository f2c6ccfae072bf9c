/** Reads and writes the fields of a struct, in one version, tagged fields included (KIP-482). */

import { type Codec, type Decoded, type Encoded, type Fields, type Form, has } from './field.ts'
import { MalformedMessage, type Reader } from './reader.ts'
import { Writer } from './writer.ts'

type Member = { readonly name: string; readonly tag: number | undefined; readonly fallback: unknown } & Codec<
  unknown,
  unknown
>

function membersOf(fields: Fields, form: Form): readonly Member[] {
  return Object.entries(fields)
    .filter(([, { versions }]) => has(versions, form.version))
    .map(([name, { tag, fallback, codec }]) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written values were checked as Encoded<F>
      const { read, write } = codec(form) as Codec<unknown, unknown>
      return { name, tag, fallback, read, write }
    })
}

/** The fields of one struct in one version. Made once per API and version, used for each message. */
export function structCodec<F extends Fields>(fields: F, form: Form): Codec<Decoded<F>, Encoded<F>> {
  const members = membersOf(fields, form)
  const inOrder = members.filter(({ tag }) => tag === undefined)
  const tagged = members.filter(({ tag }) => tag !== undefined)
  const present = new Set(members.map(({ name }) => name))
  const absent = Object.entries(fields)
    .filter(([name, { tag }]) => tag !== undefined || !present.has(name))
    .map(([name, { fallback }]) => ({ name, fallback }))
  return {
    read(reader) {
      const value: Record<string, unknown> = {}
      for (const { name, read } of inOrder) value[name] = read(reader)
      for (const { name, fallback } of absent) value[name] = fallback
      if (form.flexible) readTags(reader, tagged, value)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each member was read by its own codec
      return value as Decoded<F>
    },
    write(writer, value) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object with the declared fields
      const given = value as Readonly<Record<string, unknown>>
      for (const { name, write, fallback } of inOrder)
        write(writer, given[name] === undefined ? fallback : given[name])
      if (form.flexible) writeTags(writer, tagged, given)
    },
  }
}

/** Tags that this version does not know are skipped: KIP-482 lets newer peers add some. */
function readTags(reader: Reader, tagged: readonly Member[], value: Record<string, unknown>): void {
  for (let left = reader.unsignedVarint(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const size = reader.unsignedVarint()
    const member = tagged.find((one) => one.tag === tag)
    if (member === undefined) {
      reader.bytes(size)
      continue
    }
    const before = reader.remaining
    value[member.name] = member.read(reader)
    if (before - reader.remaining !== size)
      throw new MalformedMessage(`the tagged field ${member.name} is not ${size} bytes long`)
  }
}

function writeTags(
  writer: Writer,
  tagged: readonly Member[],
  given: Readonly<Record<string, unknown>>,
): void {
  const written = tagged.filter(({ name, fallback }) => given[name] !== undefined && given[name] !== fallback)
  writer.unsignedVarint(written.length)
  for (const { name, tag = 0, write } of written) {
    const content = new Writer()
    write(content, given[name])
    writer.unsignedVarint(tag)
    writer.unsignedVarint(content.length)
    for (const chunk of content.finish()) writer.bytes(chunk)
  }
}
