/** What `terraform test -json` writes: one JSON message a line (Terraform's "Machine-Readable UI"). */

export type Message = {
  readonly type: string
  readonly '@testfile'?: string
  readonly '@testrun'?: string
  readonly test_abstract?: Readonly<Record<string, readonly string[]>>
  readonly test_run?: {
    readonly path: string
    readonly run: string
    readonly progress: string
    readonly status?: 'pass' | 'fail' | 'error' | 'skip'
  }
  readonly test_state?: StateJson
  readonly diagnostic?: {
    readonly severity: 'error' | 'warning'
    readonly summary: string
    readonly detail: string
    readonly range?: { readonly filename: string; readonly start: { readonly line: number } }
  }
}

type Attributes = Readonly<Record<string, unknown>>

export type Resource = {
  /** E.g. `module.data_bucket.aws_s3_bucket.lake`. */
  readonly address: string
  readonly mode: 'managed' | 'data'
  readonly type: string
  readonly values: Attributes
}

type ModuleJson = { readonly resources?: readonly Resource[]; readonly child_modules?: readonly ModuleJson[] }

export type StateJson = {
  readonly outputs?: Readonly<Record<string, { readonly value: unknown }>>
  readonly root_module?: ModuleJson
}

/**
 * The messages of `terraform test -json`, or only those of one run block. Each state carries the provider's schema (13 MB a
 * line), so lines of other runs are not parsed.
 */
export function readMessages(output: string, runName?: string): readonly Message[] {
  const mark = runName === undefined ? '' : `"@testrun":"${runName}"`
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.slice(0, 1000).includes(mark))
    .map((line): Message => JSON.parse(line))
}

/** What Terraform said, one line for each of its diagnostics. */
export function wordsOf(messages: readonly Message[]): string {
  return messages
    .flatMap(({ diagnostic }) =>
      diagnostic === undefined ? [] : [`${diagnostic.summary}: ${diagnostic.detail}`],
    )
    .join('\n')
}

/** What a run block made. */
export class TerraformState {
  readonly resources: readonly Resource[]
  readonly #outputs: NonNullable<StateJson['outputs']>

  constructor(json: StateJson) {
    this.resources = resourcesOf(json.root_module ?? {})
    this.#outputs = json.outputs ?? {}
  }

  /** The attributes of one resource. @throws Error when there is no such address */
  resource(address: string): Attributes {
    const found = this.resources.find((resource) => resource.address === address)
    if (found === undefined) {
      const known = this.resources.map((resource) => resource.address).join(', ')
      throw new Error(`The state has no ${address}; it has ${known}.`)
    }
    return found.values
  }

  /** An output's value. @throws Error when there is no such output */
  output(name: string): unknown {
    const output = this.#outputs[name]
    if (output === undefined) throw new Error(`The state has no output ${name}.`)
    return output.value
  }

  /** An output that is text, such as a rendered document. @throws Error when it is anything else */
  text(name: string): string {
    const value = this.output(name)
    if (typeof value !== 'string') throw new Error(`The output ${name} is not text.`)
    return value
  }
}

function resourcesOf(module: ModuleJson): readonly Resource[] {
  return [...(module.resources ?? []), ...(module.child_modules ?? []).flatMap(resourcesOf)]
}
