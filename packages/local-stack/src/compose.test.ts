// There is no Docker engine where these tests run: they hold compose.yaml to its rules, the workflow runs it.
import { readFile } from 'node:fs/promises'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { composeAddresses } from './external-stack.ts'
import { composeInitSql } from './sample-tables.ts'

type Service = {
  image: string
  ports: string[]
  volumes?: string[]
  healthcheck?: { test: string[] }
  environment?: Record<string, string>
  command?: string[]
  depends_on?: Record<string, { condition: string }>
}
type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> }

const compose: Compose = parse(await readFile(new URL('../../../compose.yaml', import.meta.url), 'utf8'))
const services = Object.entries(compose.services)

describe('compose.yaml', () => {
  test('has Redpanda with its console, MySQL and S3', () => {
    expect(services.map(([name]) => name)).toEqual(['redpanda', 'console', 'mysql', 's3'])
  })

  test.for(services)('%s is pinned to a full version and reachable from this machine only', ([, service]) => {
    expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/)
    expect(service.ports).not.toEqual([])
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  test('waits for health wherever a service needs another, and every needed service tells its health', () => {
    const needs = services.flatMap(([, service]) => Object.entries(service.depends_on ?? {}))
    expect(needs).toEqual([['redpanda', { condition: 'service_healthy' }]])
    for (const name of ['redpanda', 'mysql', 's3'])
      expect(compose.services[name]?.healthcheck?.test).toBeDefined()
  })

  test('keeps data in named volumes that are declared', () => {
    const named = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => !source.startsWith('.'))
    expect(named).toEqual(Object.keys(compose.volumes))
  })

  test('makes the topics of the catalogue and none by use', () => {
    const { healthcheck, command } = compose.services['redpanda'] ?? {}
    for (const table of catalogue) expect(healthcheck?.test.join(' ')).toContain(topicOf('pinpipe', table))
    expect(command).toContain('--set=redpanda.auto_create_topics_enabled=false')
  })

  test('listens where STACK=external looks for it', () => {
    const published = (service: string): string =>
      compose.services[service]?.ports[0]?.split(':').slice(0, 2).join(':') ?? ''
    expect(composeAddresses).toEqual({
      KAFKA_BROKERS: published('redpanda'),
      MYSQL_URL: `mysql://pinpipe@${published('mysql')}/pinpipe`,
      MYSQL_PASSWORD: compose.services['mysql']?.environment?.['MYSQL_PASSWORD'],
      AWS_ENDPOINT_URL_S3: `http://${published('s3')}`,
      AWS_ACCESS_KEY_ID: compose.services['s3']?.environment?.['ROOT_ACCESS_KEY'],
      AWS_SECRET_ACCESS_KEY: compose.services['s3']?.environment?.['ROOT_SECRET_KEY'],
    })
    expect(compose.services['redpanda']?.command?.join(' ')).toContain(
      `external://${composeAddresses.KAFKA_BROKERS}`,
    )
  })

  test('fills MySQL with an init script that is up to date', async () => {
    const written = await readFile(new URL('../compose/init.sql', import.meta.url), 'utf8')
    // If not: pnpm exec node --import tsx packages/local-stack/src/write-compose-init.ts
    expect(written === composeInitSql()).toBe(true)
  })
})
