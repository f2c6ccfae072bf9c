/** Moto, a server that imitates the APIs of AWS: the services that Terraform calls, in memory. And the few calls that tests make. */
import { join } from 'node:path'
import { withFreePorts } from '@pinpipe/local-stack/free-port'
import { fetchPythonTools } from '@pinpipe/local-stack/python-tools'
import { inServerFolder } from '@pinpipe/local-stack/server-folder'
import { type Server, startServer } from '@pinpipe/local-stack/server'

export type Moto = Server & { readonly endpoint: string }

/** The account of everything in Moto. */
export const motoAccount = '123456789012'

let program: Promise<string> | undefined

/** The program's path. @throws Error when it is not in the cache and Python or pip cannot install it */
export async function fetchMoto(): Promise<string> {
  // One installation, however many ask at the same time.
  program ??= fetchPythonTools('moto', join(import.meta.dirname, 'requirements-moto.txt'))
  return join(await program, 'moto_server')
}

/** Starts it on a free port of 127.0.0.1 (about two seconds). */
export async function startMoto(path: string): Promise<Moto> {
  return await withFreePorts(1, async ([port = 0]) => {
    const endpoint = `http://127.0.0.1:${port}`
    const server = await inServerFolder(
      'moto',
      async (folder) =>
        await startServer({
          name: 'moto',
          folder,
          command: path,
          args: ['-H', '127.0.0.1', '-p', String(port)],
          // Without it AmazonSSMManagedInstanceCore does not exist.
          env: { MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
          isReady: async () => await answers(`${endpoint}/moto-api/`),
        }),
    )
    return Object.assign(server, { endpoint })
  })
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    (answer) => answer.ok,
    () => false,
  )
}

/** Reads what is in Moto, by the same APIs as Terraform, one region's. */
export class MotoReader {
  readonly #endpoint: string
  readonly #region: string

  constructor(moto: Moto, region: string) {
    this.#endpoint = moto.endpoint
    this.#region = region
  }

  /** A call of EC2's query API: the texts of the elements of that name. */
  async ec2(
    action: string,
    parameters: Readonly<Record<string, string>>,
    element: string,
  ): Promise<string[]> {
    return elementsOf(await this.#query('ec2', action, '2016-11-15', parameters), element)
  }

  /** A call of IAM's query API: the document, which is percent-encoded there. */
  async iamDocument(
    action: string,
    parameters: Readonly<Record<string, string>>,
    element: string,
  ): Promise<unknown> {
    const [text = ''] = elementsOf(await this.#query('iam', action, '2010-05-08', parameters), element)
    return JSON.parse(decodeURIComponent(text))
  }

  async bucketPolicy(bucket: string): Promise<unknown> {
    return JSON.parse(await this.#call('s3', `/${bucket}?policy`))
  }

  async keyPolicy(keyId: string): Promise<unknown> {
    const answer = await this.#call('kms', '/', {
      method: 'POST',
      headers: { 'x-amz-target': 'TrentService.GetKeyPolicy', 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ KeyId: keyId, PolicyName: 'default' }),
    })
    const { Policy: policy }: { Policy: string } = JSON.parse(answer)
    return JSON.parse(policy)
  }

  async #query(
    service: string,
    action: string,
    version: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<string> {
    const body = new URLSearchParams({ Action: action, Version: version, ...parameters })
    return await this.#call(service, '/', { method: 'POST', body })
  }

  async #call(service: string, path: string, init: RequestInit = {}): Promise<string> {
    const headers = new Headers(init.headers)
    // Moto checks no signature: it takes the service and the region from the scope.
    const scope = `test/20260101/${this.#region}/${service}/aws4_request`
    headers.set('authorization', `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`)
    const answer = await fetch(`${this.#endpoint}${path}`, { ...init, headers })
    const text = await answer.text()
    if (!answer.ok)
      throw new Error(`Moto answers ${answer.status} to ${service} ${path}: ${text.slice(0, 500)}`)
    return text
  }
}

function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  )
}
