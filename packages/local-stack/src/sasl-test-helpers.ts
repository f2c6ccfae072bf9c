// For the tests of the SASL listeners: a client.properties for Java's tools, and the raw exchange of OAUTHBEARER.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type Socket, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KafkaUser } from './kafka-properties.ts'
import { type KafkaFacts } from './kafka.ts'

/** Writes a client.properties for a user; removed when disposed of. */
export async function saslFiles(options: {
  kafka: KafkaFacts
  mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  isTls: boolean
  user: KafkaUser
}): Promise<AsyncDisposable & { readonly clientProperties: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-client-'))
  const clientProperties = join(folder, 'client.properties')
  const login = options.mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule'
  const { username, password } = options.user
  const lines = [
    `security.protocol=${options.isTls ? 'SASL_SSL' : 'SASL_PLAINTEXT'}`,
    `sasl.mechanism=${options.mechanism}`,
    `sasl.jaas.config=org.apache.kafka.common.security.${login} required username="${username}" password="${password}";`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${options.kafka.tlsCa}`,
  ]
  await writeFile(clientProperties, `${lines.join('\n')}\n`)
  return {
    clientProperties,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const saslHandshake = { key: 17, version: 1 }
const saslAuthenticate = { key: 36, version: 0 }

/** Sends a token by OAUTHBEARER (RFC 7628, section 3.1) and returns what the broker answers before it gives up. */
export async function oauthChallenge(address: string, token: string): Promise<string> {
  const [host = '', port = ''] = address.split(':')
  const socket = connect(Number(port), host)
  try {
    await once(socket, 'connect')
    const handshake = await request(socket, saslHandshake, shortText('OAUTHBEARER'))
    if (handshake.readInt16BE(0) !== 0)
      throw new Error(`SaslHandshake failed with error ${handshake.readInt16BE(0)}`)
    const message = Buffer.from(`n,,\u0001auth=Bearer ${token}\u0001\u0001`)
    const answer = await request(socket, saslAuthenticate, Buffer.concat([int32(message.length), message]))
    // error_code, error_message (nullable), auth_bytes
    const textLength = Math.max(answer.readInt16BE(2), 0)
    const bytesAt = 4 + textLength
    return answer.subarray(bytesAt + 4, bytesAt + 4 + answer.readInt32BE(bytesAt)).toString()
  } finally {
    socket.destroy()
  }
}

async function request(socket: Socket, api: { key: number; version: number }, body: Buffer): Promise<Buffer> {
  const header = Buffer.alloc(8)
  header.writeInt16BE(api.key, 0)
  header.writeInt16BE(api.version, 2)
  const message = Buffer.concat([header, shortText('test'), body])
  socket.write(Buffer.concat([int32(message.length), message]))
  let received = Buffer.alloc(0)
  while (received.length < 4 || received.length < 4 + received.readInt32BE(0)) {
    // oxlint-disable-next-line no-await-in-loop -- until the answer is complete
    const [chunk]: Buffer[] = await once(socket, 'data')
    received = Buffer.concat([received, chunk ?? Buffer.alloc(0)])
  }
  // size and correlation id
  return received.subarray(8)
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function shortText(text: string): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(text.length)
  return Buffer.concat([bytes, Buffer.from(text)])
}
