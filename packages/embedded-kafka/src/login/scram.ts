/** SASL SCRAM-SHA-256 and -512 (RFC 5802, RFC 7677), the server's side; without channel binding, as Kafka's. */

import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { type LoginExchange, LoginFailed, type Mechanism } from './mechanism.ts'

const digests = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const
type Digest = (typeof digests)[keyof typeof digests]

const iterations = 4_096

/** What a server keeps of a password. */
type Credential = {
  readonly salt: Buffer
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

/** @param users passwords by user name */
export function scram(name: keyof typeof digests, users: Readonly<Record<string, string>>): Mechanism {
  const digest = digests[name]
  const passwords = new Map(Object.entries(users))
  const credentials = new Map<string, Credential>()
  const credentialOf = (user: string): Credential => {
    const password = passwords.get(user)
    if (password === undefined) throw new LoginFailed()
    const credential = credentials.get(user) ?? newCredential(digest, password)
    credentials.set(user, credential)
    return credential
  }
  return { name, begin: () => new Exchange(digest, credentialOf) }
}

class Exchange implements LoginExchange {
  readonly #digest: Digest
  readonly #credentialOf: (user: string) => Credential
  #begun: { user: string; nonce: string; firstMessages: string } | undefined

  constructor(digest: Digest, credentialOf: (user: string) => Credential) {
    this.#digest = digest
    this.#credentialOf = credentialOf
  }

  next(message: Buffer) {
    const text = message.toString('utf8')
    return this.#begun === undefined ? this.#first(text) : this.#final(text, this.#begun)
  }

  /** `n,,n=user,r=nonce`; extensions are allowed and not looked at. */
  #first(text: string) {
    const [, bare = '', name = '', clientNonce = ''] =
      /^n,(?:a=[^,]*)?,(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,[a-zA-Z]=[^,]+)*)$/.exec(text) ?? []
    if (bare === '') throw new LoginFailed()
    const user = name.replaceAll('=2C', ',').replaceAll('=3D', '=')
    const nonce = clientNonce + randomBytes(18).toString('base64url')
    const { salt } = this.#credentialOf(user)
    const answer = `r=${nonce},s=${salt.toString('base64')},i=${iterations}`
    this.#begun = { user, nonce, firstMessages: `${bare},${answer}` }
    return { answer: Buffer.from(answer) }
  }

  /** `c=biws,r=nonce,p=proof`. */
  #final(
    text: string,
    {
      user,
      nonce,
      firstMessages,
    }: { readonly user: string; readonly nonce: string; readonly firstMessages: string },
  ) {
    const [, withoutProof = '', givenNonce, proof = ''] =
      /^(c=[A-Za-z0-9+/=]+,r=([^,]+)(?:,[a-zA-Z]=[^,]+)*?),p=([A-Za-z0-9+/=]+)$/.exec(text) ?? []
    if (givenNonce !== nonce) throw new LoginFailed()
    const { storedKey, serverKey } = this.#credentialOf(user)
    const signed = `${firstMessages},${withoutProof}`
    const clientKey = xor(Buffer.from(proof, 'base64'), hmac(this.#digest, storedKey, signed))
    if (!timingSafeEqual(hash(this.#digest, clientKey), storedKey)) throw new LoginFailed()
    const signature = hmac(this.#digest, serverKey, signed).toString('base64')
    return { answer: Buffer.from(`v=${signature}`), identity: { principal: user } }
  }
}

function newCredential(digest: Digest, password: string): Credential {
  const salt = randomBytes(18)
  const bytes = digest === 'sha256' ? 32 : 64
  const salted = pbkdf2Sync(password, salt, iterations, bytes, digest)
  const storedKey = hash(digest, hmac(digest, salted, 'Client Key'))
  return { salt, storedKey, serverKey: hmac(digest, salted, 'Server Key') }
}

const hash = (digest: Digest, bytes: Buffer): Buffer => createHash(digest).update(bytes).digest()
const hmac = (digest: Digest, key: Buffer, text: string): Buffer =>
  createHmac(digest, key).update(text).digest()

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(b.map((byte, at) => byte ^ (a[at] ?? 0)))
}
