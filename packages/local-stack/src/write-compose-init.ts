// Writes the init script of compose.yaml's MySQL:  node --import tsx packages/local-stack/src/write-compose-init.ts
import { mkdir, writeFile } from 'node:fs/promises'
import { composeInitSql } from './sample-tables.ts'

const folder = new URL('../compose/', import.meta.url)
await mkdir(folder, { recursive: true })
await writeFile(new URL('init.sql', folder), composeInitSql())
