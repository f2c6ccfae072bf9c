import { describe, expect, test } from 'vitest'
import { composeAddresses, externalStack } from './external-stack.ts'

describe('STACK=external', () => {
  test('names every variable that is missing', () => {
    expect(() =>
      externalStack({ KAFKA_BROKERS: 'b:9092', MYSQL_PASSWORD: 'p', AWS_ACCESS_KEY_ID: 'k' }),
    ).toThrow('STACK=external needs MYSQL_URL, AWS_ENDPOINT_URL_S3, AWS_SECRET_ACCESS_KEY in the environment')
  })

  test.for(['http://user@host/db', 'mysql://host/db', 'mysql://user@host', 'mysql://user@host/'])(
    'refuses %s as the address of MySQL',
    (url) => {
      expect(() => externalStack({ ...composeAddresses, MYSQL_URL: url })).toThrow(
        /mysql:\/\/user@host:port\/database/,
      )
    },
  )

  test('takes the servers of compose.yaml when no address is given', () => {
    expect(externalStack({ STACK: 'external' })).toEqual(externalStack(composeAddresses))
  })

  test('gives the addresses as they are, MySQL on its usual port unless told', () => {
    const stack = externalStack({
      ...composeAddresses,
      MYSQL_URL: 'mysql://u%40x@db/pins',
      KAFKA_BROKERS: 'a:1,b:2',
    })
    expect(stack).toMatchObject({
      mode: 'external',
      missing: [],
      kafka: { bootstrapServers: 'a:1,b:2', listeners: { plain: 'a:1,b:2', saslTls: '' } },
      mariadb: { host: 'db', port: 3306, database: 'pins', user: 'u@x', password: 'pinpipe' },
      s3: { endpoint: 'http://127.0.0.1:17070', region: 'us-east-1' },
    })
  })
})
