/**
 * Writes the tables of inputs and outputs into the README of every Terraform module and example, between their two marks.
 * With `--check` it writes nothing and fails when a table is stale. Reads the code with HashiCorp's terraform-config-inspect.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mustRun } from '@pinpipe/local-stack/run-program'
import { fetchConfigInspect } from '../infra/tools.ts'

type Named = { readonly name: string; readonly description?: string }
type Variable = Named & { readonly type: string; readonly default: unknown; readonly required: boolean }
type Module = {
  readonly variables: Readonly<Record<string, Variable>>
  readonly outputs: Readonly<Record<string, Named>>
}

const marks = /(?<=<!-- inputs and outputs -->\n).*?(?=<!-- end -->)/s

const infra = fileURLToPath(new URL('../infra/', import.meta.url))
const isCheck = process.argv.includes('--check')
const program = await fetchConfigInspect()
const kinds = ['modules', 'examples']
const folders = (
  await Promise.all(
    kinds.map(async (kind) => (await readdir(join(infra, kind))).map((name) => join(kind, name))),
  )
).flat()

const stale = (await Promise.all(folders.map(updateReadme))).filter((path) => path !== undefined)
if (isCheck && stale.length > 0) {
  console.error(`The tables of ${stale.join(', ')} are stale: run pnpm generate.`)
  process.exitCode = 1
}

/** The README's path when its tables had to change. */
async function updateReadme(folder: string): Promise<string | undefined> {
  const path = join(infra, folder, 'README.md')
  const text = await readFile(path, 'utf8')
  if (!marks.test(text)) throw new Error(`infra/${folder}/README.md lacks the marks of its tables.`)
  const module: Module = JSON.parse(await mustRun(program, ['--json', join(infra, folder)]))
  const fresh = text.replace(marks, () => tablesOf(module))
  if (fresh === text) return undefined
  if (!isCheck) await writeFile(path, fresh)
  return `infra/${folder}/README.md`
}

function tablesOf({ variables, outputs }: Module): string {
  const inputs = inOrder(variables).map(
    (each) => `| \`${each.name}\` | ${code(each.type)} | ${defaultOf(each)} | ${sentence(each)} |`,
  )
  const results = inOrder(outputs).map((each) => `| \`${each.name}\` | ${sentence(each)} |`)
  return [
    '| input | type | default | what it is |',
    '|---|---|---|---|',
    ...inputs,
    '',
    '| output | what it is |',
    '|---|---|',
    ...results,
    '',
  ].join('\n')
}

/** Required inputs first, then by name. */
function inOrder<T extends Named & { readonly required?: boolean }>(
  members: Readonly<Record<string, T>>,
): readonly T[] {
  const rank = ({ required }: T): number => (required === true ? 0 : 1)
  return Object.values(members).toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

function defaultOf(variable: Variable): string {
  return variable.required ? '**required**' : code(JSON.stringify(variable.default))
}

function sentence({ name, description }: Named): string {
  if (description === undefined || description === '') throw new Error(`${name} has no description.`)
  return escape(oneLine(description))
}

function code(text: string): string {
  return `\`${escape(oneLine(text))}\``
}

function oneLine(text: string): string {
  return text.replaceAll(/#.*$/gm, '').trim().replaceAll(/\s+/g, ' ')
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|')
}
