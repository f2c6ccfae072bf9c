/** Writes `infra/catalogue.json`, from which Terraform makes the Glue tables. Part of `pnpm generate`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '@pinpipe/schema/catalogue'
import { glueCatalogue } from './glue-catalogue.ts'

writeFileSync(join(import.meta.dirname, '../infra/catalogue.json'), glueCatalogue(catalogue))
