/**
 * Sockets that read into one buffer, again and again. Node makes a buffer for each read otherwise; with hundreds of megabytes
 * a second these are most of a broker's garbage, and most of what it holds beyond its records.
 *
 * Node offers `onread` for sockets that connect, not for those that a server accepts. So the accepted socket's handle is
 * given to a socket that has it. `_handle` and `_server` are not public: where Node has them no more, the accepted
 * socket is used as it is.
 */

import { Socket } from 'node:net'

/** All sockets: a read is looked at, and what is needed of it copied, before the next one. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024)

/**
 * @param accepted from a server with `pauseOnConnect`
 * @param onRead gets bytes that are overwritten after it
 * @returns the socket to use instead
 */
export function readingSocket(accepted: Socket, onRead: (bytes: Buffer) => void): Socket {
  const handle: unknown = Reflect.get(accepted, '_handle')
  const server: unknown = Reflect.get(accepted, '_server')
  if (handle === undefined || server === undefined) return accepted.on('data', onRead).resume()
  const callback = (length: number): boolean => {
    onRead(buffer.subarray(0, length))
    return true
  }
  const notPublic: object = { handle }
  const socket = new Socket({ ...notPublic, onread: { buffer, callback } })
  // The server counts its connections until they are closed.
  Object.assign(socket, { _server: server })
  Object.assign(accepted, { _handle: null, _server: null })
  return socket.resume()
}
