/** The STS alone: `node --import tsx src/fake-sts/main.ts iam.json [port]`, until Ctrl-C. The file is that of `--msk-iam`. */

import { readFile } from 'node:fs/promises'
import { iamOptions } from '../iam/iam-file.ts'
import { mskIam } from '../msk-iam.ts'

const [file, port = '0'] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write('give the file with the users and roles, and perhaps a port\n')
  process.exitCode = 64
} else {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve)
  })
  await using sts = await mskIam(iamOptions(await readFile(file, 'utf8'))).startSts(Number(port))
  process.stdout.write(`${sts.url}\n`)
  await stopped
}
