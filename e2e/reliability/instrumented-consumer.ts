/** The instrumented consumer for one test file, built before its tests are collected. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { buildInstrumented } from './instrumented-build.ts'

const folder = mkdtempSync(join(tmpdir(), 'pinpipe-instrumented-'))

export const { bundle, failpoints } = await buildInstrumented('consumer', folder)

afterAll(() => rmSync(folder, { recursive: true, force: true }))
