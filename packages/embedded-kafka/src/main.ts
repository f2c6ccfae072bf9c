/** `pnpm embedded-kafka --port 9092 --topic a.pin:3`: the broker alone, until Ctrl-C. */

import { type CommandLine, commandLine, usage } from './command-line.ts'
import { launch } from './launch.ts'

const parsed = commandLine(process.argv.slice(2))
if (parsed.kind === 'help') {
  process.stdout.write(usage)
} else if (parsed.kind === 'problem') {
  process.stderr.write(`${parsed.message}\n`)
  process.exitCode = 64
} else {
  await run(parsed)
}

async function run(wish: CommandLine & { readonly kind: 'run' }): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve)
  })
  try {
    await using running = await launch(wish)
    process.stdout.write(`${running.bootstrapServers}\n`)
    if (running.stsUrl !== undefined) process.stderr.write(`AWS_ENDPOINT_URL_STS=${running.stsUrl}\n`)
    process.stderr.write('embedded Kafka, in memory: everything is gone when it ends; stop it with Ctrl-C\n')
    await stopped
  } catch (error) {
    process.stderr.write(
      `embedded Kafka could not start: ${String(error instanceof Error ? error.message : error)}\n`,
    )
    process.exitCode = 1
  }
}
