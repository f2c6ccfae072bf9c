/**
 * `node --import tsx e2e/search-for-secrets.ts SECRETS FILE…`: searches the output of a whole test run for the secrets
 * that were registered in it (see SECRETS_CANARY_FILE). Exit 1 when one is found, or when there is nothing to search.
 */
import { existsSync, readFileSync } from 'node:fs'
import { searchFor, type Secrets } from './secrets-canary.ts'

const [registered = '', ...files] = process.argv.slice(2)

const secrets: Secrets = Object.fromEntries(
  (existsSync(registered) ? readFileSync(registered, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, at) => [`secret ${at + 1}`, JSON.parse(line) as string]),
)

const secretsIn = searchFor(secrets)
/** Files that hold a secret, or that are not there to be searched. */
let found = 0
let characters = 0
for (const file of files) {
  if (!existsSync(file)) {
    console.log(`${file} is missing`)
    found++
    continue
  }
  const text = readFileSync(file, 'utf8')
  characters += text.length
  if (secretsIn(text).length === 0) continue
  // A secret that spans lines is told by its file only.
  found++
  for (const [at, line] of text.split('\n').entries()) {
    for (const name of secretsIn(line)) console.log(`${file}, line ${at + 1}: ${name}`)
  }
}
const count = Object.keys(secrets).length
console.log(
  `${found} of ${files.length} files hold a secret or are missing; ${count} secrets were registered, and there are ${characters} characters of output`,
)
process.exitCode = found === 0 && count > 0 && characters > 0 ? 0 : 1
