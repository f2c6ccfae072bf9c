import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// The suffix of a test says what it needs: `.test.ts` nothing, `.kafka.test.ts` a Kafka and nothing else (it runs twice: on the
// embedded one and on Apache's), `.stack.test.ts` real servers, `.e2e.test.ts` the whole pipeline, `.infra.test.ts` Terraform.
const source = ['apps/*/src', 'packages/*/src', 'e2e', 'bench', 'scripts']
const named = (suffix: string): string[] => source.map((folder) => `${folder}/**/*.${suffix}.ts`)

/** Without servers: one more at a time than there are processors, as many of them wait. */
const light = { maxWorkers: availableParallelism() + 1, sequence: { groupOrder: 1 } }

const needsServers = {
  sequence: { groupOrder: 2 },
  globalSetup: ['packages/local-stack/src/vitest-setup.ts'],
  runner: 'packages/local-stack/src/vitest-runner.ts',
  testTimeout: 60_000,
  hookTimeout: 120_000,
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          ...light,
          // Some start child processes, on machines that do other work too: a limit against hangs, no measure of speed.
          testTimeout: 30_000,
          include: named('test'),
          exclude: [
            ...named('kafka.test'),
            ...named('stack.test'),
            ...named('e2e.test'),
            '**/node_modules/**',
          ],
          setupFiles: ['packages/local-stack/src/vitest-strict.ts'],
        },
      },
      {
        test: {
          name: 'embedded',
          ...light,
          testTimeout: 60_000,
          include: named('kafka.test'),
          globalSetup: ['packages/embedded-kafka/src/testing/vitest-setup.ts'],
          setupFiles: ['packages/local-stack/src/vitest-strict.ts'],
        },
      },
      {
        test: { name: 'stack', include: [...named('kafka.test'), ...named('stack.test')], ...needsServers },
      },
      {
        test: {
          name: 'e2e',
          include: named('e2e.test'),
          ...needsServers,
          globalSetup: ['e2e/build-apps.ts', ...needsServers.globalSetup],
        },
      },
      {
        test: {
          name: 'infra',
          include: ['infra/tests/**/*.infra.test.ts'],
          ...needsServers,
          // Each start of Terraform reads a provider of 700 MB: limits against hangs.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          globalSetup: ['infra/tests/vitest-setup.ts', 'e2e/build-apps.ts', ...needsServers.globalSetup],
        },
      },
    ],
  },
})
