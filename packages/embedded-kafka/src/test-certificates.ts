/** A certificate authority that lives as long as the test, and a server's certificate of it. Nothing is written to disk. */

// @peculiar/x509 needs it to be there before.
// oxlint-disable-next-line import/no-unassigned-import
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

export type TestCertificates = {
  /** PEM of the authority's certificate: what clients have to trust. */
  readonly ca: string
  /** PEM of the server's certificate, for `localhost` and `127.0.0.1`. */
  readonly cert: string
  /** PEM (PKCS #8) of its key. */
  readonly key: string
}

const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 86_400_000

/** Valid from yesterday on for a month. */
export async function testCertificates(): Promise<TestCertificates> {
  const validity = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 30 * dayMs) }
  const newKeys = () => webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
  const [authority, server] = await Promise.all([newKeys(), newKeys()])
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: '01',
    name: 'CN=embedded-kafka test authority',
    keys: authority,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  })
  const cert = await X509CertificateGenerator.create({
    ...validity,
    serialNumber: '02',
    issuer: ca.subject,
    subject: 'CN=localhost',
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm,
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    ],
  })
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', server.privateKey), 'PRIVATE KEY')
  return { ca: ca.toString('pem'), cert: cert.toString('pem'), key }
}
