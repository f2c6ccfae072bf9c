/**
 * Bugs as somebody might write them, each a small change of the source that a test build makes. They check the checker:
 * every one must be found, in a scenario in which the right code ends without a finding.
 */
import type { FindingCode } from './finding.ts'
import type { ScenarioName } from './mutant-scenarios.ts'

export type Mutant = {
  readonly name: string
  /** From the repository's root. The build refuses a snippet that is not in the file exactly once. */
  readonly file: string
  readonly find: string
  readonly replace: string
  readonly scenario: ScenarioName
  /** All of these must be among what the checker finds. */
  readonly expect: readonly FindingCode[]
}

const consumer = (file: string): Pick<Mutant, 'file'> => ({ file: `apps/consumer/src/${file}` })

const formats: readonly Mutant[] = [
  {
    ...consumer('format/encode-json.ts'),
    name: 'values are parsed and written again',
    find: '(value === null ? nullLine : check(value))',
    replace: `{
      const line = value === null ? nullLine : check(value)
      return line instanceof Uint8Array ? Buffer.from(JSON.stringify(JSON.parse(String(line)))) : line
    }`,
    scenario: 'until-end',
    expect: ['CORRUPT'],
  },
  {
    ...consumer('range.ts'),
    name: 'records without a value are dropped',
    find: '      this.#blockedBy = this.#take(record)\n',
    replace: `      if (record.value === null) {
        records.advance()
        continue
      }
      this.#blockedBy = this.#take(record)\n`,
    scenario: 'until-end',
    expect: ['LOST'],
  },
  {
    ...consumer('range.ts'),
    name: 'dead letters are swallowed',
    find: '      const file = path instanceof Rejection || isDead ? this.#dead : this.#fileAt(path)\n',
    replace: `      if (isDead) return undefined
      const file = path instanceof Rejection || isDead ? this.#dead : this.#fileAt(path)\n`,
    scenario: 'until-end',
    expect: ['LOST'],
  },
  {
    ...consumer('range.ts'),
    name: 'dead letters go among the data as well',
    find: '      const file = path instanceof Rejection || isDead ? this.#dead : this.#fileAt(path)\n',
    replace: `      const file = path instanceof Rejection || isDead ? this.#dead : this.#fileAt(path)
      if (isDead) this.#fileAt('partition=0').add(record.value ?? Buffer.alloc(0), record, true)\n`,
    scenario: 'until-end',
    expect: ['DUPLICATE'],
  },
  {
    ...consumer('format/reject.ts'),
    name: 'dead letters hold at most ten characters',
    find: "    value: textOf(record.value, 'value', base64),",
    replace: "    value: textOf(record.value, 'value', base64)?.slice(0, 10) ?? null,",
    scenario: 'until-end',
    expect: ['CORRUPT'],
  },
  {
    ...consumer('prepared-range.ts'),
    name: 'the lines of an object are sorted',
    find: 'compress(content, compression, budget)',
    replace: `(() => {
    const lines = Buffer.concat([...content.drain()]).toString('latin1').split('\\n').slice(0, -1)
    for (const line of lines.sort()) content.write(Buffer.from(line, 'latin1'))
    return compress(content, compression, budget)
  })()`,
    scenario: 'until-end',
    expect: ['REORDERED'],
  },
  {
    ...consumer('format/encode-envelope.ts'),
    name: 'envelopes count offsets from 1',
    find: '${head}${record.offset},',
    replace: '${head}${record.offset + 1n},',
    scenario: 'until-end-envelope',
    expect: ['CORRUPT', 'MISLABELLED', 'LOST'],
  },
  {
    ...consumer('format/encode-envelope.ts'),
    name: 'envelopes have the time of storing',
    find: '"timestamp":${record.timestamp},',
    replace: '"timestamp":${Date.now()},',
    scenario: 'until-end-envelope',
    expect: ['CORRUPT'],
  },
  {
    ...consumer('format/encode-envelope.ts'),
    name: 'envelopes lack headers',
    find: 'JSON.stringify(headersOf(record.headers, base64))',
    replace: "(headersOf(record.headers, base64), '{}')",
    scenario: 'until-end-envelope',
    expect: ['CORRUPT'],
  },
  {
    ...consumer('format/object-key.ts'),
    name: 'objects have random names',
    find: 'return `${area}/',
    replace:
      "const random = crypto.randomUUID()\n  if (area === 'topics') return `${area}/${topic}/partition=${partition}/${random}.json`\n  return `${area}/",
    scenario: 'until-end',
    expect: ['MISLABELLED', 'GAP', 'LOST'],
  },
  {
    ...consumer('format/object-key.ts'),
    name: 'names end at the next offset',
    find: '${offsetText(end)}',
    replace: '${offsetText(end + 1n)}',
    scenario: 'until-end',
    expect: ['OVERLAP'],
  },
]

const layouts: readonly Mutant[] = [
  {
    ...consumer('prepared-range.ts'),
    name: 'the names of a split range begin at their own first record',
    find: '      start: range.start,\n',
    replace: '      start: file.first,\n',
    scenario: 'until-end-by-field',
    expect: ['OVERLAP'],
  },
  {
    ...consumer('format/encode-raw.ts'),
    name: 'a record without a value is an empty one',
    find: 'framed.writeInt32BE(value?.length ?? -1)',
    replace: 'framed.writeInt32BE(value?.length ?? 0)',
    scenario: 'until-end-raw',
    expect: ['CORRUPT'],
  },
  {
    ...consumer('format/parquet-file.ts'),
    name: 'the last rows of a Parquet file are forgotten',
    find: 'if (group.rows > 0) await write()',
    replace: 'if (group.rows > 20) await write()',
    scenario: 'parquet',
    expect: ['LOST'],
  },
  {
    ...consumer('format/parquet-schema.ts'),
    name: 'numbers are stored as FLOAT',
    find: "type: 'DOUBLE'",
    replace: "type: 'FLOAT'",
    scenario: 'parquet',
    expect: ['CORRUPT'],
  },
]

const batching: readonly Mutant[] = [
  {
    ...consumer('lane.ts'),
    name: 'the last record of a batch is skipped',
    find: 'range.append(records, this.#stopOf(range, lastOffset))',
    replace: 'range.append(records, this.#stopOf(range, lastOffset) ?? lastOffset)',
    scenario: 'until-end',
    expect: ['LOST'],
  },
  {
    ...consumer('lane.ts'),
    name: 'what a full range leaves over of a batch is forgotten',
    find: '      else if (range.blockedBy !== undefined) await this.#rotate(range, range.blockedBy)\n',
    replace: `      else if (range.blockedBy !== undefined) {
        await this.#rotate(range, range.blockedBy)
        while (records.record !== undefined) records.advance()
      }\n`,
    scenario: 'until-end',
    expect: ['LOST'],
  },
  {
    ...consumer('lane.ts'),
    name: 'a range takes the offset behind a batch',
    find: '    range.extendTo(stop === undefined ? lastOffset : stop - 1n)\n',
    replace: '    range.extendTo(stop === undefined ? lastOffset + 1n : stop - 1n)\n',
    scenario: 'rebalanced',
    expect: ['LOST'],
  },
  {
    ...consumer('lane.ts'),
    name: 'what was read once more is stored once more',
    find: '    this.offsets.skipTaken(records)\n',
    replace: '',
    scenario: 'rebalanced',
    expect: ['DUPLICATE'],
  },
  {
    ...consumer('storer.ts'),
    name: 'only the first object of a range is stored',
    find: 'for (const file of range.files) {',
    replace: 'for (const file of range.files.slice(0, 1)) {',
    scenario: 'until-end',
    expect: ['LOST'],
  },
  {
    file: 'packages/kafka/src/kafkajs-consumer.ts',
    name: 'aborted transactions are read',
    find: 'readUncommitted: false',
    replace: 'readUncommitted: true',
    scenario: 'until-end',
    expect: ['PHANTOM'],
  },
]

const commits: readonly Mutant[] = [
  {
    ...consumer('pipeline.ts'),
    name: 'a range is committed before it is stored',
    find: '      const stored = await landRange(landing, lane, range)\n',
    replace: `      lane.offsets.rangeStored(range.end)
      await this.#commits.send([lane])
      const stored = await landRange(landing, lane, range)\n`,
    scenario: 'killed',
    expect: ['COMMIT_AHEAD'],
  },
  {
    ...consumer('offsets.ts'),
    name: 'what was read is committed, not what was stored',
    find: 'offset: this.#stored }',
    replace: 'offset: this.#next }',
    scenario: 'rebalanced',
    expect: ['COMMIT_AHEAD'],
  },
  {
    ...consumer('pipeline.ts'),
    name: 'a drain commits what was read instead of storing it',
    find: "    for (const lane of lanes) lane.seal(this.#options.untilEnd?.isReached === true ? 'until-end' : 'drain')\n",
    replace: '    for (const lane of lanes) lane.offsets.rangeStored(lane.offsets.next - 1n)\n',
    scenario: 'rebalanced',
    expect: ['COMMIT_AHEAD'],
  },
  {
    ...consumer('offsets.ts'),
    name: 'the commit is one too far',
    find: 'this.#stored = end + 1n',
    replace: 'this.#stored = end + 2n',
    scenario: 'until-end',
    expect: ['COMMIT_AHEAD'],
  },
]

const protocol: readonly Mutant[] = [
  {
    ...consumer('land-range.ts'),
    name: 'a range is stored before it is claimed',
    find: '  if (range.claimed !== undefined) {\n',
    replace: `  await storeRange(store, prepared, chain.guard(() => true))
  if (range.claimed !== undefined) {\n`,
    scenario: 'killed',
    expect: ['OVERLAP'],
  },
  {
    ...consumer('chain/partition-chain.ts'),
    name: 'a lost claim is taken for an own one',
    find: "return outcome !== 'different'",
    replace: "return outcome !== 'nothing'",
    scenario: 'zombie',
    expect: ['OVERLAP', 'DUPLICATE'],
  },
  {
    ...consumer('chain/partition-chain.ts'),
    name: 'what a dead writer left unfinished is not finished',
    find: 'return keys.filter((_, i) => found[i] === undefined)',
    replace: 'return keys.filter((_, i) => found[i] === null)',
    scenario: 'killed',
    expect: ['GAP', 'LOST'],
  },
  {
    ...consumer('chain/partition-chain.ts'),
    name: 'the own idea of where a chain begins wins',
    find: '    return view\n  }\n\n  /**\n   * Claims the range',
    replace: `    return { ...view, frontier: genesis.start, missing: [] }
  }

  /**
   * Claims the range`,
    scenario: 'two-deployments',
    expect: ['OVERLAP', 'DUPLICATE'],
  },
  {
    ...consumer('lake/folder-store.ts'),
    name: 'objects are replaced',
    // The probe at the start (R5) would refuse such a store.
    find: 'await link(temporary, target)',
    replace: `const { rename } = await import('node:fs/promises')
        await (key.includes('probe') ? link : rename)(temporary, target)`,
    scenario: 'zombie',
    expect: ['REWRITTEN'],
  },
  {
    ...consumer('lake/s3-put.ts'),
    name: 'objects are replaced in S3',
    // The probe at the start (R5) would refuse such a store.
    find: "      IfNoneMatch: '*',\n",
    replace: "      ...(key.includes('probe') && { IfNoneMatch: '*' }),\n",
    scenario: 'zombie-s3',
    expect: ['OVERLAP', 'DUPLICATE'],
  },
  {
    ...consumer('lake/s3-store.ts'),
    name: 'S3 has an object, so it is taken for ours',
    find: "?.['digest'] === digest ? 'same' : 'different'",
    replace: "?.['digest'] === digest || !key.includes('probe') ? 'same' : 'different'",
    scenario: 'zombie-s3',
    expect: ['OVERLAP', 'DUPLICATE'],
  },
  {
    ...consumer('lane.ts'),
    name: 'the tail is not checked',
    find: '    await this.#proof?.check(records)\n',
    replace: '',
    scenario: 'truncated',
    expect: ['PHANTOM'],
  },
  {
    ...consumer('chain/resume.ts'),
    name: 'the id of a topic is not compared',
    find: 'if (isOtherTopic(topicId, log.topicId))',
    replace: 'if (isOtherTopic(topicId, topicId))',
    scenario: 'recreated',
    expect: ['PHANTOM'],
  },
  {
    ...consumer('chain/resume.ts'),
    name: 'a gap in the source is passed over',
    find: "return { kind: 'gap', start: frontier, end: log.low - 1n, abandons: false, halt }",
    replace: "return { kind: 'go-on', readFrom: log.low, frontier: log.low }",
    scenario: 'retention',
    expect: ['GAP', 'LOST'],
  },
]

const sends: readonly Mutant[] = [
  {
    file: 'apps/producer/src/kafka-output.ts',
    name: 'records count as acknowledged when they are sent',
    find: 'await this.#sendUntilAcked(topic, partition, batch)',
    replace: 'void this.#sendUntilAcked(topic, partition, batch).catch(() => undefined)',
    scenario: 'produced-until-refused',
    expect: ['LOST_ACK'],
  },
  {
    file: 'apps/producer/src/kafka-output.ts',
    name: 'a batch that failed is sent to another partition',
    find: 'return producer.send({ topic, partition, records })',
    replace:
      'return producer.send({ topic, partition: tally.sendRetries === 0 ? partition : 1 - partition, records })',
    scenario: 'produced',
    expect: ['LOST_ACK'],
  },
  {
    file: 'apps/producer/src/kafka-output.ts',
    name: 'a batch that failed is passed over',
    find: 'if (this.#failure !== undefined) throw this.#failure\n      return producer.send(',
    replace: 'if (tally.sendRetries > 0) return tally.sendRetries--\n      return producer.send(',
    scenario: 'produced',
    expect: ['LOST_ACK'],
  },
  {
    file: 'apps/producer/src/partition-lane.ts',
    name: 'a batch does not wait for the one before it',
    find: 'const batch = this.#delivering === undefined ? this.#closed.shift() : undefined',
    replace: 'const batch = this.#closed.shift()',
    scenario: 'produced',
    expect: ['REORDERED'],
  },
  {
    file: 'packages/kafka/src/kafkajs-producer.ts',
    name: 'the producer is not idempotent',
    find: 'idempotent: true',
    replace: 'idempotent: false',
    scenario: 'produced',
    expect: ['DUPLICATE'],
  },
]

export const mutants: readonly Mutant[] = [
  ...formats,
  ...layouts,
  ...batching,
  ...commits,
  ...protocol,
  ...sends,
]
