/** What a field of a message is: types for `schema.ts`, which makes fields, and `struct-codec.ts`, which uses them. */

import { type Reader } from './reader.ts'
import { type Writer } from './writer.ts'

export type Form = { readonly version: number; readonly flexible: boolean }

export type Codec<D, E> = {
  read(this: void, reader: Reader): D
  write(this: void, writer: Writer, value: E): void
}

/** `D`: what is decoded. `E`: what can be encoded. `O`: whether it may be left out when encoding. */
export type Field<D, E, O extends boolean> = {
  readonly versions: Versions
  readonly tag: number | undefined
  readonly optional: O
  readonly fallback: D
  codec(this: void, form: Form): Codec<D, E>
}

export type AnyField = Field<unknown, never, boolean>
export type Fields = Readonly<Record<string, AnyField>>

export type Decoded<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer D, never, boolean> ? D : never
}

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<unknown, never, true> ? K : never
}[keyof F]
export type EncodedOf<X> = X extends Field<unknown, infer E, boolean> ? E : never

export type Encoded<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: EncodedOf<F[K]>
} & { readonly [K in OptionalKeys<F>]?: EncodedOf<F[K]> | undefined }

/** `0+`, `3-7` or `4`. */
export type VersionText = `${number}+` | `${number}-${number}` | `${number}`
export type Versions = { readonly from: number; readonly to: number }

export function versionsOf(text: VersionText): Versions {
  const from = Number.parseInt(text, 10)
  if (text.endsWith('+')) return { from, to: Number.POSITIVE_INFINITY }
  const [, to = from] = text.split('-').map(Number)
  return { from, to }
}

export const has = ({ from, to }: Versions, version: number): boolean => version >= from && version <= to

export type Options = {
  readonly nullable?: VersionText
  readonly default?: unknown
  readonly tag?: number
}

/** A field is nullable, or optional when encoding, if its options say so. */
export type FieldOf<D, E, S extends Options> = Field<
  | (S extends { nullable: VersionText } ? D | null : D)
  | (S extends { default: undefined } ? undefined : never),
  S extends { nullable: VersionText } ? E | null : E,
  S extends { default: unknown } ? true : false
>
