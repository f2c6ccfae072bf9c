/** Collects findings: those of one code at one place become one sentence with the first example. */
import { type Finding, type FindingCode, findingCodes } from './finding.ts'

export class FindingList {
  readonly #found = new Map<string, { code: FindingCode; count: number; sentence: string }>()

  /**
   * @param where what the findings of this code are put together by: a partition, an object's key
   * @param example the rest of the sentence `<where>: …`
   */
  add(code: FindingCode, where: string, example: string, count = 1): void {
    const key = `${code} ${where}`
    const found = this.#found.get(key)
    if (found === undefined) this.#found.set(key, { code, count, sentence: `${where}: ${example}` })
    else found.count += count
  }

  /** In the order of the codes. */
  all(): readonly Finding[] {
    const order = Object.keys(findingCodes)
    return [...this.#found.values()].toSorted((a, b) => order.indexOf(a.code) - order.indexOf(b.code))
  }
}
