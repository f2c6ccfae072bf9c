/** The certificates that a client.properties file names. Only PEM is read; verification cannot be turned off. */

import { type PropertyReader } from './client-properties-reader.ts'

/** Where a PEM text is: in the file itself or in a file that it names. */
export type PemSource = { readonly pem: string } | { readonly file: string }

export type FileTls = {
  readonly ca?: PemSource
  /** Certificate and key in one file (`ssl.keystore.location`), or as two texts. */
  readonly cert?: PemSource
  readonly key?: PemSource
  readonly passphrase?: string
}

/** What is wrong goes to `reader.problems`. */
export function sslOf(reader: PropertyReader): FileTls {
  const algorithm = reader.text('ssl.endpoint.identification.algorithm')
  if (algorithm !== undefined && algorithm.toLowerCase() !== 'https') {
    reader.problems.push(
      'ssl.endpoint.identification.algorithm turns the check of host names off, which is not possible here: leave it out, and give the right authorities in ssl.truststore.location',
    )
  }
  const passphrase = reader.text('ssl.key.password')
  const ca = trustOf(reader)
  const own = keyOf(reader)
  return { ...(ca === undefined ? {} : { ca }), ...own, ...(passphrase === undefined ? {} : { passphrase }) }
}

function trustOf(reader: PropertyReader): PemSource | undefined {
  const type = (reader.text('ssl.truststore.type') ?? 'JKS').toUpperCase()
  const location = reader.text('ssl.truststore.location')
  const certificates = reader.text('ssl.truststore.certificates')
  // A PEM trust store has no password, and the one of another store has no use here: asked for so that it is not "ignored".
  reader.text('ssl.truststore.password')
  if (location === undefined && certificates === undefined) return undefined
  if (type !== 'PEM') {
    const file = location ?? 'truststore.jks'
    reader.problems.push(
      `ssl.truststore.location is a ${type} store, and only PEM is read: run \`keytool -list -rfc -keystore ${file} > ca.pem\`, then write ssl.truststore.type=PEM and ssl.truststore.location=ca.pem (for Amazon MSK leave ssl.truststore.* out: its authorities are built in)`,
    )
    return undefined
  }
  return certificates === undefined ? { file: location ?? '' } : { pem: certificates }
}

function keyOf(reader: PropertyReader): { readonly cert?: PemSource; readonly key?: PemSource } {
  const type = (reader.text('ssl.keystore.type') ?? 'JKS').toUpperCase()
  const location = reader.text('ssl.keystore.location')
  const chain = reader.text('ssl.keystore.certificate.chain')
  const key = reader.text('ssl.keystore.key')
  reader.text('ssl.keystore.password')
  if (location === undefined && chain === undefined && key === undefined) return {}
  if (type !== 'PEM') {
    const file = location ?? 'keystore.jks'
    reader.problems.push(
      `ssl.keystore.location is a ${type} store, and only PEM is read: run \`keytool -importkeystore -srckeystore ${file} -destkeystore client.p12 -deststoretype PKCS12\` and \`openssl pkcs12 -in client.p12 -out client.pem\`, then write ssl.keystore.type=PEM and ssl.keystore.location=client.pem`,
    )
    return {}
  }
  if (location !== undefined) return { cert: { file: location }, key: { file: location } }
  if (chain !== undefined && key !== undefined) return { cert: { pem: chain }, key: { pem: key } }
  reader.problems.push('ssl.keystore.certificate.chain and ssl.keystore.key belong together: give both')
  return {}
}
