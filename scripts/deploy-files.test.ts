/** What lies beside each app to deploy it. No container engine is at hand in tests: the files are held to their rules. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const apps = ['producer', 'consumer', 'topic-admin']
const fileOf = (app: string, name: string): string => join(import.meta.dirname, '../apps', app, name)
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

describe.each(apps)('%s', (app) => {
  const dockerfile = readFileSync(fileOf(app, 'Dockerfile'), 'utf8')
  const unitFile = fileOf(app, `pinpipe-${app}.service`)
  const unit = readFileSync(unitFile, 'utf8')

  test('the image is built in stages and holds nothing but the bundle, without root and without a shell', () => {
    const [, ...stages] = dockerfile.split(/^FROM /m)
    const last = stages.at(-1) ?? ''
    expect(stages).toHaveLength(2)
    expect(last).toMatch(/^gcr\.io\/distroless\/\S+:nonroot$/m)
    expect(last.match(/^(COPY|ADD|RUN) .*$/gm)).toEqual([`COPY --from=build /src/apps/${app}/dist/ ./`])
    expect(last).toContain(`ENTRYPOINT ["/nodejs/bin/node", "/app/${app}.js"]`)
  })

  test('the image installs what the lockfile says, for this app only', () => {
    expect(dockerfile).toMatch(/pnpm install --frozen-lockfile --filter pinpipe --filter "@pinpipe\//)
    expect(dockerfile).toContain(`pnpm --filter @pinpipe/${app} build`)
    for (const ignored of ['**/node_modules', '**/dist', '.git'])
      expect(readFileSync(join(import.meta.dirname, '../.dockerignore'), 'utf8').split('\n')).toContain(
        ignored,
      )
  })

  test('the unit starts the bundle as a user of its own, on a read-only system', () => {
    expect(unit).toContain(`/opt/pinpipe/${app}/${app}.js `)
    for (const line of [
      'DynamicUser=yes',
      'ProtectSystem=strict',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
    ])
      expect(unit.split('\n')).toContain(line)
    expect(existsSync(fileOf(app, 'src/main.ts'))).toBe(true)
  })

  test.skipIf(!hasSystemd)(
    'systemd finds nothing wrong with the unit (skipped without systemd-analyze)',
    () => {
      const { stdout, stderr, status } = spawnSync('systemd-analyze', ['verify', unitFile], {
        encoding: 'utf8',
      })
      // It also speaks of other units of this machine.
      const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(`pinpipe-${app}`))
      expect({ status, ours }).toEqual({ status: 0, ours: [] })
    },
  )
})

test('a service that drains is given longer than the apps take by themselves', () => {
  for (const app of ['producer', 'consumer']) {
    const seconds = Number(
      /^TimeoutStopSec=(\d+)$/m.exec(readFileSync(fileOf(app, `pinpipe-${app}.service`), 'utf8'))?.[1],
    )
    expect(seconds).toBeGreaterThan(30)
  }
})
