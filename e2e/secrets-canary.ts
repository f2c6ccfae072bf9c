/**
 * The search for secrets in output. A secret counts as found in any form in which a program could print it: as it is,
 * in JSON, percent-encoded, and in base64, also in the middle of a longer text (a login, a signed URL).
 */
import { registerSecret } from '@pinpipe/local-stack/secrets'
import { randomBytes } from 'node:crypto'

/** Where a secret stands, and the secret. */
export type Secrets = Readonly<Record<string, string>>

/** A secret with every character that some notation writes in another way. Registered for the search of the whole run. */
export function canary(name: string): string {
  const secret = `${name}/+%40 &"'=:@~${randomBytes(12).toString('hex')}`
  registerSecret(secret)
  return secret
}

/** A secret for places that take letters and digits only. */
export function plainCanary(name: string): string {
  const secret = `${name}${randomBytes(12).toString('hex')}`
  registerSecret(secret)
  return secret
}

/**
 * A search for these secrets: tells the names of those that a text holds, never the secrets, so that a report of a leak
 * is not another one.
 */
export function searchFor(secrets: Secrets): (text: string) => readonly string[] {
  const forms = Object.entries(secrets).map(([name, secret]) => [name, formsOf(secret)] as const)
  return (text) => {
    const lower = text.toLowerCase()
    return forms.filter(([, each]) => each.some((form) => lower.includes(form))).map(([name]) => name)
  }
}

/** All forms, in lower case: percent-encoding comes in both. */
export function formsOf(secret: string): readonly string[] {
  const plain = notationsOf(secret)
  const encoded = plain.flatMap((form) => [...base64Of(form, 'base64'), ...base64Of(form, 'base64url')])
  return [...new Set([...plain, ...encoded])].map((form) => form.toLowerCase())
}

function notationsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const percent = encodeURIComponent(secret)
  const strict = percent.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    percent,
    strict,
    new URLSearchParams({ '': secret }).toString().slice(1),
  ]
}

/**
 * The text inside of longer base64: three bytes are four characters, so what stands in the middle depends on how many
 * bytes are in front of it. The characters at both ends hold bits of the neighbours and are left out.
 */
function base64Of(text: string, encoding: 'base64' | 'base64url'): readonly string[] {
  const bytes = Buffer.from(text)
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(encoding)
      .replace(/=+$/, '')
    const first = Math.ceil((before * 8) / 6)
    const last = Math.floor(((before + bytes.length) * 8) / 6)
    return whole.slice(first, last)
  })
}
