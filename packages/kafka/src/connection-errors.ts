/** What a failed connection, handshake or login means to the user. kafkajs tells these apart by name and message only. */

import { type KafkaConnection } from './connection.ts'
import { type ProtocolErrorMeaning } from './protocol-errors.ts'

/** `{broker}` stands for the broker's address. */
type Meaning = ProtocolErrorMeaning

const certificateCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
])

const unreachable = (because: string, remedy: string): Meaning => ({
  code: 'UNREACHABLE',
  because,
  remedy,
  canRetry: true,
})

const tls = (because: string, remedy: string): Meaning => ({ code: 'TLS_FAILED', because, remedy })

/** `undefined`: not an error of a connection. */
export function connectionErrorMeaning(error: Error, connection?: KafkaConnection): Meaning | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return (
    loginMeaning(error, connection) ??
    tlsMeaning(code, error.message) ??
    networkMeaning(code, error, connection)
  )
}

function loginMeaning(error: Error, connection?: KafkaConnection): Meaning | undefined {
  if (error.name !== 'KafkaJSSASLAuthenticationError' && !error.message.startsWith('SASL ')) return undefined
  const mechanism = connection?.sasl?.mechanism
  if (/mechanism is not supported/.test(error.message)) return mechanismNotOffered(connection)
  if (/too short/.test(error.message)) {
    return {
      code: 'AUTHENTICATION_FAILED',
      because: '{broker} lets a login live for less than 2 s',
      remedy: 'raise connections.max.reauth.ms on the brokers',
    }
  }
  const remedy = mechanism?.endsWith('msk-iam')
    ? 'check the credentials, the region, and what the role is allowed to do'
    : 'check KAFKA_USERNAME, KAFKA_PASSWORD and --auth'
  return {
    code: 'AUTHENTICATION_FAILED',
    because: `{broker} refused the login (${mechanism ?? 'SASL'})`,
    remedy,
  }
}

/** Also for UNSUPPORTED_SASL_MECHANISM. */
export function mechanismNotOffered(connection?: KafkaConnection): Meaning {
  const mechanism = connection?.sasl?.mechanism
  return {
    code: 'AUTHENTICATION_FAILED',
    because: `{broker} does not offer the login ${mechanism ?? 'that was chosen'}`,
    remedy:
      mechanism === 'msk-iam'
        ? 'use --auth aws-msk-iam, which older clusters of MSK offer on the same port 9098'
        : 'choose another --auth, or the port that offers it',
  }
}

function tlsMeaning(code: string, message: string): Meaning | undefined {
  if (
    /before secure TLS connection|wrong version number|packet length too long|WRONG_VERSION/i.test(
      `${code} ${message}`,
    )
  ) {
    return tls('{broker} does not speak TLS on this port', 'use --no-tls, or the TLS port of the broker')
  }
  if (certificateCodes.has(code) || /self[- ]signed|unable to (get|verify)/i.test(message)) {
    return tls(
      'the certificate of {broker} comes from an authority that is not trusted here',
      'give its CA file with --tls-ca',
    )
  }
  if (
    code === 'CERT_HAS_EXPIRED' ||
    code === 'CERT_NOT_YET_VALID' ||
    /certificate (has expired|is not yet valid)/i.test(message)
  ) {
    return tls('the certificate of {broker} is not valid today', 'renew it, or correct the clock')
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || /altname/i.test(message)) {
    return tls(
      'the certificate of {broker} was made for another host name',
      'use the name that stands in the certificate',
    )
  }
  if (/^ERR_SSL|^EPROTO/.test(code) || /alert|ssl routines/i.test(message)) {
    return tls(
      'the TLS handshake with {broker} failed',
      'check --tls-ca, the client certificate and the port',
    )
  }
  return undefined
}

function networkMeaning(code: string, error: Error, connection?: KafkaConnection): Meaning | undefined {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return unreachable('the host name of {broker} is not known', 'check --brokers, and the name server')
  }
  if (code === 'ECONNREFUSED') {
    return unreachable('nothing listens at {broker}', 'check --brokers, and that the broker runs')
  }
  if (
    code === 'ECONNRESET' ||
    error.name === 'KafkaJSConnectionClosedError' ||
    /Connection closed by the server|^Broker not connected$/.test(error.message)
  ) {
    return closedMeaning(connection)
  }
  if (
    error.name === 'KafkaJSRequestTimeoutError' ||
    error.name === 'KafkaJSLockTimeout' ||
    error.name === 'KafkaJSTimeout'
  ) {
    return {
      code: 'TIMED_OUT',
      because: '{broker} did not answer in time',
      remedy: 'try again, and look at the broker and the network if it stays',
      canRetry: true,
    }
  }
  const isConnection =
    error.name === 'KafkaJSConnectionError' ||
    error.name === 'KafkaJSNoBrokerAvailableError' ||
    error.name === 'KafkaJSBrokerNotFound' ||
    error.name === 'KafkaJSGroupCoordinatorNotFound' ||
    ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'].includes(code)
  if (!isConnection) return undefined
  return unreachable('{broker} is not reachable', 'check --brokers, the network and the security group')
}

/** A broker that just hangs up says nothing about why: the settings tell what is likely. */
function closedMeaning(connection?: KafkaConnection): Meaning {
  const because = '{broker} closed the connection'
  if (connection === undefined) return unreachable(because, 'try again, and look at the broker if it stays')
  if (connection.tls === false && connection.sasl === undefined) {
    return unreachable(because, 'try again; if it stays, the port may want TLS (--tls) or a login (--auth)')
  }
  return unreachable(because, 'try again; if it stays, check the port, --tls and --auth')
}
