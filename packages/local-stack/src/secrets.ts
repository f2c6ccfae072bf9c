// The random secrets of a test run. With SECRETS_CANARY_FILE each is noted in that file, one JSON text a line, so that
// whoever has all output of the run can search it for them.
import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { type Environment, environment } from './environment.ts'

/** A new secret that nobody could guess, already registered. */
export function newSecret(bytes = 18, env: Environment = environment): string {
  const secret = randomBytes(bytes).toString('base64url')
  registerSecret(secret, env)
  return secret
}

/** Notes a secret that must not show up in any output of this run. Does nothing without SECRETS_CANARY_FILE. */
export function registerSecret(secret: string, env: Environment = environment): void {
  const file = env['SECRETS_CANARY_FILE'] ?? ''
  if (file !== '') appendFileSync(file, `${JSON.stringify(secret)}\n`, { mode: 0o600 })
}
