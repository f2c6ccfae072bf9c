/** Fetches the programs that check the Terraform code, so that the tests do not wait for them. */
import { fetchMoto } from './tests/moto.ts'
import { fetchCheckov, fetchConfigInspect, fetchTfLint } from './tools.ts'

const programs = [fetchTfLint(), fetchConfigInspect(), fetchCheckov(), fetchMoto()]
// All must have ended: a failure must not leave another download half done.
await Promise.allSettled(programs)
for (const path of await Promise.all(programs)) console.log(path)
