// Global setup of the e2e project: the tests run what is deployed, so the bundles are built first (about a second each).
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What vitest calls before the first test. Throws when a bundle cannot be built; esbuild says why on stderr. */
export function setup(): void {
  for (const app of ['producer', 'consumer', 'topic-admin'])
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build-app.ts', app], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'ignore', 'inherit'],
    })
}
