/**
 * The guide to deploying and infra/README.md, held to what is there: what they name exists, their shell is bash, their sums add up.
 * Files are read by simple patterns, so each test also asserts that it found something to check.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const apps = ['topic-admin', 'consumer', 'producer']
const examples = namesOf('infra/examples/*')
const modules = namesOf('infra/modules/*')

const guide = textOf('docs/deploy.md')
const shell = blocksOf(guide, 'sh')
  .join('\n')
  .replaceAll(/\\\n\s*/g, '')
const settings = blocksOf(guide, 'hcl').join('\n')

describe.each(['infra/README.md', 'docs/deploy.md'])('%s', (path) => {
  const text = textOf(path)

  test('its shell blocks are valid bash', () => {
    const blocks = blocksOf(text, 'sh')
    const complaints = blocks.map(
      (input) => spawnSync('bash', ['-n'], { input, encoding: 'utf8' }).stderr && input,
    )
    expect(blocks).not.toEqual([])
    expect(complaints.filter((block) => block !== '')).toEqual([])
  })

  test('its relative links lead somewhere, also those to a heading', () => {
    const links = found(text, /\]\((?!https?:)([^)\s]+)\)/g)
    expect(links).not.toEqual([])
    expect(links.filter((link) => !leadsSomewhere(path, link))).toEqual([])
  })

  test('the folders, scripts and things called like-this that it names exist', () => {
    const folders = found(text, /\b(infra\/(?:examples|modules)\/[\w-]+)/g)
    expect(folders.filter((folder) => !existsSync(join(root, folder)))).toEqual([])

    const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: object }
    const called = found(text, /\bpnpm (?:--silent )?([a-z][\w:-]*)/g)
    expect(called.filter((script) => script !== 'install' && !(script in scripts))).toEqual([])

    const queries = namesOf('infra/modules/data-bucket/queries/*').map((name) => basename(name, '.sql.tftpl'))
    const commands = namesOf('infra/modules/kafka-client/*.sh').map((name) => basename(name, '.sh'))
    const units = apps.map((app) => `pinpipe-${app}`)
    const aws = ['session-manager-plugin', 'get-query-results']
    const known = [...examples, ...modules, ...apps, ...units, ...queries, ...commands, ...aws, 'read-only']
    const named = found(text, /`([a-z]+(?:-[a-z]+)+)`/g)
    expect(named).not.toEqual([])
    expect(named.filter((name) => !known.includes(name))).toEqual([])
  })
})

describe('docs/deploy.md', () => {
  test('each output that it asks for is one of every example', () => {
    const outputs = found(guide, /terraform \S+ output (?:-raw |-json )?(\w+)/g)
    expect(outputs).toContain('next_steps')
    for (const example of examples)
      expect(outputs.filter((name) => !declared(example, 'output').includes(name))).toEqual([])
  })

  test('what it writes into terraform.tfvars are variables of an example', () => {
    const variables = examples.flatMap((example) => declared(example, 'variable'))
    const written = found(settings, /^(\w+) *=/gm)
    expect(written).toContain('bucket_name')
    expect(written.filter((name) => !variables.includes(name))).toEqual([])

    const members = found(allText('infra/examples/*/variables.tf'), /\b(\w+) += (?:optional|string|set)\b/g)
    const nested = found(settings, /(?:^ {2}|[{,] )([\w-]+) *=/gm)
    expect(nested).toContain('sha256')
    expect(nested.filter((name) => ![...members, ...apps].includes(name))).toEqual([])
  })

  test('it forgets no variable that an example requires', () => {
    const required = examples.flatMap((example) =>
      declared(example, 'variable').filter(
        (name) => defaultOf(`infra/examples/${example}`, name) === undefined,
      ),
    )
    expect(required).toContain('cluster_arn')
    const written = found(settings, /^(\w+) *=/gm)
    expect(required.filter((name) => !written.includes(name))).toEqual([])
  })

  test('the variables, outputs, columns and metrics that it speaks of exist', () => {
    const sources = [
      'infra/{examples,modules}/*/*.tf',
      'infra/modules/data-bucket/queries/*',
      'apps/*/README.md',
    ]
    const words = new Set(sources.map(allText).join('\n').match(/\w+/g))
    const spoken = found(guide, /`([a-z]+(?:_[a-z0-9]+)+)(?: = [^`]*)?`/g)
    expect(spoken).toContain('max_storage_gib')
    expect(spoken.filter((name) => !words.has(name))).toEqual([])
  })

  test('the resources that it names by their address exist where the examples have that module', () => {
    const addresses = [...shell.matchAll(/module\.(\w+)\.(\w+)\.(\w+)/g)]
    expect(addresses).not.toEqual([])
    for (const [, call = '', type = '', name = ''] of addresses) {
      const source = new RegExp(`^module "${call}" \\{\\n +source += "\\.\\./\\.\\./(modules/[\\w-]+)"`, 'gm')
      const folders = found(allText('infra/examples/*/main.tf'), source)
      expect(folders).not.toEqual([])
      for (const folder of folders)
        expect(allText(`infra/${folder}/*.tf`)).toContain(`resource "${type}" "${name}" {`)
    }
  })

  test('the paths that it names on the client are those of the user data, the deployment and the units', () => {
    const made = ofAnyApp(allText('infra/modules/kafka-client/*') + allText('apps/*/pinpipe-*.service'))
    const paths = found(guide, /(\/(?:opt|etc\/pinpipe|usr\/local\/bin)\/[\w./-]*\w)/g)
    expect(paths).toContain('/usr/local/bin/pinpipe-deploy')
    expect(paths.filter((path) => !made.includes(ofAnyApp(path)))).toEqual([])
  })

  test('the commands, flags and settings that it gives to an app are in the README of an app', () => {
    const readmes = allText('apps/*/README.md')
    const calls = found(shell, /^ *((?:kafka-topics\.sh|node \$topics) .*)$/gm).join('\n')
    const flags = found(calls, / (--[a-z-]+)/g)
    expect(flags).toContain('--dry-run')
    const names = [
      ...flags,
      ...found(guide, /\b((?:PINPIPE|KAFKA|METRICS)_[A-Z_]+)\b/g),
      ...found(guide, /`((?:pinpipe|kafka)_[a-z]+_[a-z_]+)`/g),
    ]
    expect(names.filter((name) => !readmes.includes(`\`${name}`))).toEqual([])
    const commands = found(calls, /node \$topics ([a-z]+)/g)
    expect(commands).toContain('apply')
    expect(commands.filter((command) => !readmes.includes(`\n### ${command}\n`))).toEqual([])
  })
})

describe('the costs in docs/deploy.md', () => {
  const costs = guide.slice(guide.indexOf('## Costs'))
  const tables = [...costs.matchAll(/^\| `([\w-]+)` \| amount .*\n\|-.*\n((?:\|.*\n)+)/gm)].map(
    ([, example = '', body = '']) => ({ example, body }),
  )

  test('each line is its amount times its price, and the sum is that of the lines', () => {
    expect(tables.map(({ example }) => example)).toEqual(['full', 'serverless', 'existing-cluster'])
    for (const { example, body } of tables) {
      const rows = body.trimEnd().split('\n').map(cellsOf)
      const lines = rows.slice(0, -1)
      expect(
        lines.filter(({ amount, price, month }) => !(Math.abs(amount * price - month) <= 0.0051)),
      ).toEqual([])
      const sum = lines.reduce((total, { month }) => total + month, 0)
      expect(rows.at(-1)?.month).toBeCloseTo(sum, 2)
      for (const overview of [guide, textOf('infra/README.md')])
        expect(overview).toMatch(
          new RegExp(`^\\|.*\\[\`(examples/)?${example}\`\\].*\\| \\$${Math.round(sum)} \\|$`, 'm'),
        )
    }
  })

  test('every price names a source, and every source a date', () => {
    const dated = found(costs, /^\| \[([a-z])\] \|.* \| \d{4}-\d\d-\d\d \|$/gm)
    const cited = found(costs, /(?<!^\| )\[([a-z])\](?!\()/gm)
    expect(cited.toSorted()).toEqual(dated.toSorted())
    const prices = found(costs, /^(\|.*\$\d.*\|)$/gm).filter((row) => !row.includes('**sum**'))
    expect(prices.filter((row) => !/\[[a-z]\]|undated/.test(row))).toEqual([])
  })

  test('they are of what the examples make when nothing else is asked for', () => {
    const client = 'infra/modules/kafka-client'
    const broker = defaultOf('infra/examples/full', 'broker_instance_type')
    const storage = defaultOf('infra/modules/msk-provisioned', 'initial_storage_gib')
    expect(tables[0]?.body).toContain(`three brokers, \`${broker}\``)
    expect(tables[0]?.body).toContain(`their volumes, ${storage} GiB each`)
    for (const { body } of tables) {
      expect(body).toContain(`client, \`${defaultOf(client, 'instance_type')}\``)
      expect(body).toContain(`| ${defaultOf(client, 'root_volume_gib')} GB |`)
    }
  })
})

function filesOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: root }).toSorted()
}

function namesOf(pattern: string): readonly string[] {
  return filesOf(pattern).map((path) => basename(path))
}

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

function allText(pattern: string): string {
  return filesOf(pattern).map(textOf).join('\n')
}

function blocksOf(text: string, language: string): readonly string[] {
  return found(text, new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))
}

/** The first group of all matches, each once. */
function found(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, group = '']) => group))]
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', heading] = link.split('#')
  const target = file === '' ? from : join(dirname(from), file)
  if (!existsSync(join(root, target))) return false
  return (
    heading === undefined ||
    found(textOf(target), /^#+ (.*)$/gm)
      .map(anchorOf)
      .includes(heading)
  )
}

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}

function declared(example: string, kind: 'variable' | 'output'): readonly string[] {
  return found(allText(`infra/examples/${example}/*.tf`), new RegExp(`^${kind} "(\\w+)"`, 'gm'))
}

function defaultOf(folder: string, variable: string): string | undefined {
  const [block = ''] = found(
    allText(`${folder}/variables.tf`),
    new RegExp(`^variable "${variable}" \\{(.*?)^\\}`, 'gms'),
  )
  return /^ {2}default += "?([^"\n]*)"?$/m.exec(block)?.[1]
}

/** With every app's name, and the variables of the scripts for it, written in one way. */
function ofAnyApp(text: string): string {
  return text
    .replaceAll(/\$\{?app\}?|topic-admin|consumer|producer/g, '<app>')
    .replaceAll(/\$\{?kafka(_home)?\}?/g, '/opt/kafka_2.12-2.8.1')
}

function cellsOf(row: string): { readonly amount: number; readonly price: number; readonly month: number } {
  const [, , amount, price, , month] = row
    .split('|')
    .map((cell) => Number(/[\d.]+/.exec(cell.replaceAll(',', ''))?.[0]))
  return { amount: amount ?? Number.NaN, price: price ?? Number.NaN, month: month ?? Number.NaN }
}
