/**
 * The STS session name. It is part of the principal that a broker sees, and a principal must not change when a
 * connection re-authenticates ("Cannot change principals", KIP-368): so it is fixed, never random, never a date.
 */

import { MskAuthError } from './errors.ts'

// RoleSessionName of STS AssumeRole.
const sessionName = /^[\w+=,.@-]{2,64}$/

/**
 * `<app>-<client id>`, with every character that STS refuses replaced by `-`, cut at 64 characters.
 * A client id that already begins with the app's name is used as it is.
 */
export function defaultSessionName(app: string, clientId: string): string {
  const name = clientId === app || clientId.startsWith(`${app}-`) ? clientId : `${app}-${clientId}`
  return name.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64)
}

/** The name itself. Throws INVALID_SESSION_NAME when STS would refuse it. */
export function checkedSessionName(name: string): string {
  if (sessionName.test(name)) return name
  throw new MskAuthError(
    'INVALID_SESSION_NAME',
    `The role session name ${JSON.stringify(name)} is not one that STS accepts: use 2 to 64 letters, digits and the characters _ + = , . @ -.`,
  )
}
