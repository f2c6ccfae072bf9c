/** What is published works without the repository: plain JavaScript with types, and no import of anything else of pinpipe. */

import { nodeProgram } from '@pinpipe/local-stack/environment'
import { mustRun } from '@pinpipe/local-stack/run-program'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..')
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')

const program = `import { mskSasl, type MskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { type KafkaConfig } from 'kafkajs'

const login: MskSasl = mskSasl({ region: 'eu-west-1', clientId: 'orders', mechanism: 'AWS_MSK_IAM' })
export const config: KafkaConfig = { brokers: [], sasl: login }
console.log(login.mechanism)
`

test('a project that has only the package and its dependencies compiles against it and runs', async () => {
  const project = await mkdtemp(join(tmpdir(), 'pinpipe-published-'))
  try {
    const installed = join(project, 'node_modules/@pinpipe/msk-auth')
    await mkdir(installed, { recursive: true })
    const build = ['--project', join(folder, 'tsconfig.publish.json'), '--outDir', join(installed, 'dist')]
    await mustRun(nodeProgram, [tsc, ...build])
    const { publishConfig, ...manifest } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    ) as {
      readonly publishConfig: { readonly exports: object }
      readonly dependencies: Readonly<Record<string, string>>
      readonly private?: boolean
    }
    expect(manifest.private).toBeUndefined()
    await writeFile(
      join(installed, 'package.json'),
      JSON.stringify({ ...manifest, exports: publishConfig.exports }),
    )
    for (const name of [...Object.keys(manifest.dependencies), 'kafkajs', '@types/node']) {
      const link = join(project, 'node_modules', name)
      await mkdir(join(link, '..'), { recursive: true })
      await symlink(join(folder, 'node_modules', name), link)
    }
    await writeFile(join(project, 'package.json'), '{"type":"module"}')
    await writeFile(join(project, 'orders.ts'), program)
    const strict = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--types',
      'node',
      '--skipLibCheck',
      '--exactOptionalPropertyTypes',
    ]
    await mustRun(nodeProgram, [tsc, ...strict, 'orders.ts'], { cwd: project })
    expect(await mustRun(nodeProgram, ['orders.js'], { cwd: project })).toBe('AWS_MSK_IAM\n')
  } finally {
    await rm(project, { recursive: true })
  }
})
