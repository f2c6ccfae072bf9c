// Several server processes handled as one, such as the nodes of a Kafka cluster.
import { rm } from 'node:fs/promises'
import { removeAllBut } from './server-folder.ts'
import { type Server, type StopOptions } from './server.ts'

/** Acts on all its members at once. It owns `folder`, which holds the members' folders. */
export class ServerGroup implements Server {
  readonly name: string
  readonly folder: string
  readonly nodes: readonly Server[]

  /** @param nodes at least one; the first stands for the group where one is asked for (`pid`, `log`) */
  constructor(name: string, folder: string, nodes: readonly Server[]) {
    this.name = name
    this.folder = folder
    this.nodes = nodes
  }

  get log(): string {
    return this.nodes[0]?.log ?? ''
  }

  get pid(): number | undefined {
    return this.nodes[0]?.pid
  }

  async stop(options: StopOptions = {}): Promise<void> {
    await this.#each(async (node) => await node.stop(options))
    if (options.keepLog === true)
      await removeAllBut(
        this.folder,
        this.nodes.map(({ log }) => log),
      )
    else await rm(this.folder, { recursive: true, force: true })
  }

  async kill(): Promise<void> {
    await this.#each(async (node) => await node.kill())
  }

  async suspend(): Promise<void> {
    await this.#each(async (node) => await node.suspend())
  }

  async resume(): Promise<void> {
    await this.#each(async (node) => await node.resume())
  }

  async restart(): Promise<void> {
    await this.#each(async (node) => await node.restart())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #each(act: (node: Server) => Promise<void>): Promise<void> {
    await Promise.all(this.nodes.map(act))
  }
}
