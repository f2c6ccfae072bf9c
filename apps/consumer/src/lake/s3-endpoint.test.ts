import { describe, expect, test } from 'vitest'
import { s3EndpointOf } from './s3-endpoint.ts'

describe('the address of the store', () => {
  test.each([
    [{}, undefined],
    [{ AWS_ENDPOINT_URL: 'https://s3.example.com' }, 'https://s3.example.com'],
    [{ AWS_ENDPOINT_URL_S3: 'http://[::1]:9000/x' }, 'http://[::1]:9000/x'],
    [{ AWS_ENDPOINT_URL_S3: 'http://a', AWS_ENDPOINT_URL: 'ftp:b' }, 'http://a'],
  ])('of %j is %s', (env, endpoint) => {
    expect(s3EndpointOf(env)).toBe(endpoint)
  })

  test.each([
    'ftp:x',
    'nonsense',
    '',
    'http://',
    '127.0.0.1:9000',
    'user:canary@host',
    's3://user:canary@host',
  ])('%j is refused, and not shown', (endpoint) => {
    for (const name of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']) {
      expect(() => s3EndpointOf({ [name]: endpoint })).toThrow(
        expect.objectContaining({
          exitCode: 64,
          message: `${name} is not the address of a store: write it like https://s3.example.com or http://127.0.0.1:9000, or leave it out`,
        }),
      )
    }
  })
})
