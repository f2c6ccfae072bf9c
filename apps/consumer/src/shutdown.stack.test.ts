import { once } from 'node:events'
import { Agent, createServer, request as forward } from 'node:http'
import { type AddressInfo } from 'node:net'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { runConsumer, startConsumer, summaryIn } from './testing/run-consumer.ts'
import { committedIn, dataLines, linesOf, makeTopic, numbered } from './testing/stack.ts'

stackTest(
  'SIGTERM in the middle of an upload: the upload is finished and committed',
  async ({ kafka, s3 }) => {
    const bucket = unique('lake')
    await s3.createBucket(bucket)
    const { topic, connection, send } = await makeTopic(kafka.bootstrapServers)
    await send(0, numbered(50))
    await using slow = await slowFront(s3.endpoint, 1_500)
    const group = unique('g')
    const argv = [
      '--brokers',
      kafka.bootstrapServers,
      '--topics',
      topic,
      '--group',
      group,
      '--lake',
      `s3://${bucket}`,
      '--max-records',
      '50',
      '--auth',
      'none',
    ]
    // Signed for the front's address, which the real server checks as well: the front passes the host on.
    await using running = startConsumer(argv, { ...s3.env, AWS_ENDPOINT_URL_S3: slow.endpoint })
    await slow.uploading
    running.kill('SIGTERM')
    const ended = await running.ended
    expect([ended.code, summaryIn(ended)]).toMatchObject([0, { records: 50, objects: 1 }])
    expect(await committedIn(connection, group, topic)).toEqual([50n])
    const [key] = await s3.list(bucket, 'topics/')
    expect(linesOf(key!, await s3.get(bucket, key!))).toEqual(numbered(50))
  },
)

// It needs Kafka alone, but half a minute: the broker waits so long for the member that was killed.
stackTest('after a kill -9 nothing is missing: a next run goes on at the last commit', async ({ kafka }) => {
  await using lake = await temporaryFolder()
  const { topic, send } = await makeTopic(kafka.bootstrapServers)
  await send(0, numbered(20_000))
  const argv = [
    '--brokers',
    kafka.bootstrapServers,
    '--topics',
    topic,
    '--group',
    unique('g'),
    '--lake',
    `dir:${lake.path}`,
    '--max-records',
    '97',
  ]
  await using running = startConsumer([...argv, '--log-level', 'debug'])
  await running.saw('range stored')
  running.kill('SIGKILL')
  await running.ended
  expect((await runConsumer([...argv, '--until-end'])).code).toBe(0)
  const lines = await dataLines(lake.path, topic)
  expect([...new Set(lines)].toSorted()).toEqual(numbered(20_000).toSorted())
})

/** Passes requests on to the real server; answers to data objects come late. `uploading`: one has arrived. */
async function slowFront(endpoint: string, delayMs: number) {
  const uploading = Promise.withResolvers<void>()
  const agent = new Agent({ keepAlive: true })
  const server = createServer((request, response) => {
    const isData = request.url?.includes('/topics/') === true
    if (isData) uploading.resolve()
    const options = { agent, method: request.method ?? 'GET', headers: request.headers }
    const passed = forward(new URL(request.url ?? '/', endpoint), options, (answer) => {
      setTimeout(
        () => {
          response.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(response)
        },
        isData ? delayMs : 0,
      )
    })
    request.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    uploading: uploading.promise,
    async [Symbol.asyncDispose]() {
      agent.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}
