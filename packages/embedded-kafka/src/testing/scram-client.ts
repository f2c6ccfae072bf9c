/** The client's side of SCRAM, as RFC 5802 describes it. */

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

const nonce = 'fyko+d2lbbFgONRv9qkxdawL'

/** @param mechanism SCRAM-SHA-256 or SCRAM-SHA-512 */
export function scramMessages(
  mechanism: string,
  { username, password }: { readonly username: string; readonly password: string },
) {
  const [digest, bytes] = mechanism.endsWith('256') ? ['sha256', 32] : ['sha512', 64]
  const hmac = (key: Buffer, text: string): Buffer => createHmac(digest, key).update(text).digest()
  const first = `n=${username},r=${nonce}`
  return {
    first: Buffer.from(`n,,${first}`),
    /** The second message, and what the broker has to answer to it. */
    final(challenge: Buffer) {
      const text = challenge.toString()
      const [, both = '', salt = '', rounds = '1'] = /^r=(.+),s=(.+),i=(\d+)$/.exec(text) ?? []
      if (!both.startsWith(nonce) || both === nonce) throw new Error(`the broker adds no nonce: ${text}`)
      const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), bytes, digest)
      const withoutProof = `c=biws,r=${both}`
      const signed = `${first},${text},${withoutProof}`
      const clientKey = hmac(salted, 'Client Key')
      const signature = hmac(createHash(digest).update(clientKey).digest(), signed)
      const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)))
      const expected = `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`
      return { message: Buffer.from(`${withoutProof},p=${proof.toString('base64')}`), expected }
    },
  }
}
