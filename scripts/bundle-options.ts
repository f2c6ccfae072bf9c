/** How an app becomes one file: the release build and the test builds made from it (`e2e/reliability/`) share this. */
import type { BuildOptions } from 'esbuild'

export const bundleOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  // kafkajs and its like call require() for Node's own modules; an ESM file has none of its own.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
} as const satisfies BuildOptions
