/** Finds out why a broker hangs up on a client without TLS: a port that speaks TLS is worth a sentence of its own. */

import { connect } from 'node:tls'

/** What OpenSSL says when the other side answers something else than TLS, or nothing. */
const notTls =
  /before secure TLS connection|wrong version number|packet length too long|ECONNRESET|ECONNREFUSED/i

/** Whether `host:port` answers a TLS handshake, with whatever certificate. Sends nothing but the handshake. */
export function speaksTls(broker: string, timeoutMs: number): Promise<boolean> {
  const colon = broker.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connect({
      host: broker.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
      port: Number(broker.slice(colon + 1)),
      timeout: timeoutMs,
    })
    const done = (isTls: boolean): void => {
      socket.destroy()
      resolve(isTls)
    }
    socket.once('secureConnect', () => done(true))
    socket.once('timeout', () => done(false))
    // A certificate that does not verify is still TLS.
    socket.once('error', (error: NodeJS.ErrnoException) =>
      done(!notTls.test(`${error.code} ${error.message}`)),
    )
  })
}
