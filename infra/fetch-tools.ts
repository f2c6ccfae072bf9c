/** Fetches the programs that check the Terraform code, so that the tests do not wait for them. */
import { fetchCheckov, fetchConfigInspect, fetchTfLint } from './tools.ts'

for (const path of await Promise.all([fetchTfLint(), fetchConfigInspect(), fetchCheckov()])) console.log(path)
