/**
 * The messages of Kafka's protocol, declared as Kafka's own message files declare them: a field has a type, the
 * versions that have it (default: all), the versions in which it may be null, a default, and a tag (KIP-482).
 *
 *     topics: array({ topicId: uuid('10+'), name: string('0+', { nullable: '10+' }) }, '0+', { nullable: '1+' })
 *
 * A message is decoded to an object with all fields (those that its version lacks have their default). To encode,
 * fields with a declared default may be left out, and fields that the version lacks are ignored.
 */

import {
  type AnyField,
  type Codec,
  type Decoded,
  type Encoded,
  type EncodedOf,
  type Field,
  type FieldOf,
  type Fields,
  type Form,
  type Options,
  type VersionText,
  has,
  versionsOf,
} from './field.ts'
import { MalformedMessage, type Reader } from './reader.ts'
import { structCodec } from './struct-codec.ts'
import { type Writer } from './writer.ts'

/** How the absent value is written is a matter of the type, so each type makes its own codec. */
type CodecOf = (form: Form, nullable: boolean) => Codec<unknown, never>

function field<D, E, S extends Options>(
  fallback: unknown,
  versions: VersionText,
  options: S | undefined,
  codecOf: CodecOf,
): FieldOf<D, E, S> {
  const nullable = options?.nullable === undefined ? undefined : versionsOf(options.nullable)
  const made: AnyField = {
    versions: versionsOf(versions),
    tag: options?.tag,
    optional: options !== undefined && 'default' in options,
    fallback: options !== undefined && 'default' in options ? options.default : fallback,
    codec: (form) => codecOf(form, nullable !== undefined && has(nullable, form.version)),
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the options decide the type, as FieldOf says
  return made as FieldOf<D, E, S>
}

function plain<T>(fallback: T, codec: Codec<T, T>) {
  return <const S extends Options>(versions: VersionText = '0+', options?: S): FieldOf<T, T, S> =>
    field<T, T, S>(fallback, versions, options, () => codec)
}

export const bool = plain(false, {
  read: (reader) => reader.int8() !== 0,
  write: (writer, value) => writer.int8(value ? 1 : 0),
})
export const int8 = plain(0, {
  read: (reader) => reader.int8(),
  write: (writer, value) => writer.int8(value),
})
export const int16 = plain(0, {
  read: (reader) => reader.int16(),
  write: (writer, value) => writer.int16(value),
})
export const int32 = plain(0, {
  read: (reader) => reader.int32(),
  write: (writer, value) => writer.int32(value),
})
export const int64 = plain(0n, {
  read: (reader) => reader.int64(),
  write: (writer, value) => writer.int64(value),
})

/** The id of nothing: sixteen zeros. */
export const zeroUuid = 'A'.repeat(22)

/** As the Java client writes it: base64url, 22 characters. */
export const uuid = plain(zeroUuid, {
  read: (reader) => reader.bytes(16).toString('base64url'),
  write: (writer, value) => writer.bytes(Buffer.from(value, 'base64url')),
})

type LengthCodec = {
  read(this: void, reader: Reader): number
  write(this: void, writer: Writer, length: number): void
}
const compactLength: LengthCodec = {
  read: (reader) => reader.unsignedVarint() - 1,
  write: (writer, length) => writer.unsignedVarint(length + 1),
}
const length16: LengthCodec = {
  read: (reader) => reader.int16(),
  write: (writer, length) => writer.int16(length),
}
const length32: LengthCodec = {
  read: (reader) => reader.int32(),
  write: (writer, length) => writer.int32(length),
}

/** A value behind its length; length −1 is null, where null is allowed. */
function sized<T>(
  length: LengthCodec,
  nullable: boolean,
  read: (reader: Reader, length: number) => T,
  write: (writer: Writer, value: T) => void,
  lengthOf: (value: T) => number,
): Codec<T | null, T | null> {
  return {
    read(reader) {
      const count = length.read(reader)
      if (count >= 0) return read(reader, count)
      if (nullable) return null
      throw new MalformedMessage('a field is null that may not be null')
    },
    write(writer, value) {
      if (value === null) {
        if (!nullable) throw new TypeError('a field is null that may not be null in this version')
        length.write(writer, -1)
        return
      }
      length.write(writer, lengthOf(value))
      write(writer, value)
    },
  }
}

export function string<const S extends Options>(
  versions: VersionText = '0+',
  options?: S,
): FieldOf<string, string, S> {
  return field('', versions, options, (form, nullable) => {
    const length = form.flexible ? compactLength : length16
    const codec = sized<Buffer | string>(
      length,
      nullable,
      (reader, count) => reader.text(count),
      (writer, value) => writer.bytes(Buffer.from(value)),
      (value) => Buffer.byteLength(value),
    )
    return codec
  })
}

const noBytes = Buffer.alloc(0)

export function bytes<const S extends Options>(
  versions: VersionText = '0+',
  options?: S,
): FieldOf<Buffer, Buffer, S> {
  return field(noBytes, versions, options, (form, nullable) =>
    sized<Buffer>(
      form.flexible ? compactLength : length32,
      nullable,
      (reader, count) => reader.bytes(count),
      (writer, value) => writer.bytes(value),
      (value) => value.length,
    ),
  )
}

/** Record batches: one view of the frame when decoded, any number of pieces when encoded. */
export function records<const S extends Options>(
  versions: VersionText = '0+',
  options?: S,
): FieldOf<Buffer, readonly Buffer[], S> {
  return field(null, versions, options, (form, nullable) => {
    const length = form.flexible ? compactLength : length32
    const whole = sized<Buffer>(
      length,
      nullable,
      (reader, count) => reader.bytes(count),
      () => undefined,
      (value) => value.length,
    )
    const pieces = sized<readonly Buffer[]>(
      length,
      nullable,
      () => [],
      (writer, value) => {
        for (const piece of value) writer.bytes(piece)
      },
      (value) => value.reduce((sum, piece) => sum + piece.length, 0),
    )
    return { read: whole.read, write: pieces.write }
  })
}

type ElementDecoded<X> = X extends AnyField
  ? X extends Field<infer D, never, boolean>
    ? D
    : never
  : X extends Fields
    ? Decoded<X>
    : never
type ElementEncoded<X> = X extends AnyField ? EncodedOf<X> : X extends Fields ? Encoded<X> : never

export function array<const X extends AnyField | Fields, const S extends Options>(
  element: X,
  versions: VersionText = '0+',
  options?: S,
): FieldOf<readonly ElementDecoded<X>[], readonly ElementEncoded<X>[], S> {
  return field([], versions, options, (form, nullable) => {
    const codec = isField(element) ? element.codec(form) : structCodec(element, form)
    return sized<readonly never[]>(
      form.flexible ? compactLength : length32,
      nullable,
      (reader, count) => {
        const values: unknown[] = []
        reader.checkCount(count)
        for (let left = count; left > 0; left--) values.push(codec.read(reader))
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the element's codec decides the type
        return values as never[]
      },
      (writer, value) => {
        for (const one of value) codec.write(writer, one)
      },
      (value) => value.length,
    )
  })
}

export function struct<const F extends Fields, const S extends Options>(
  fields: F,
  versions: VersionText = '0+',
  options?: S,
): FieldOf<Decoded<F>, Encoded<F>, S> {
  const defaults = Object.fromEntries(Object.entries(fields).map(([name, { fallback }]) => [name, fallback]))
  return field(defaults, versions, options, (form, nullable) => {
    const codec = structCodec(fields, form)
    if (!nullable) return codec
    return {
      read: (reader: Reader) => (reader.int8() < 0 ? null : codec.read(reader)),
      write(writer: Writer, value: never) {
        writer.int8(value === null ? -1 : 1)
        if (value !== null) codec.write(writer, value)
      },
    }
  })
}

function isField(value: AnyField | Fields): value is AnyField {
  return typeof value['codec'] === 'function'
}
