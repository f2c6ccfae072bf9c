import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Action, type ActualTopic, type DesiredTopic, plan, type PlanOptions } from './plan.ts'

const topic = (name: string, more: Partial<ActualTopic> = {}): ActualTopic => ({
  topic: name,
  partitions: 3,
  replicationFactor: 1,
  configs: { 'retention.ms': '604800000' },
  ...more,
})

describe('plan', () => {
  test('creates what is missing and leaves what is there', () => {
    expect(plan([{ topic: 'p.user' }, { topic: 'p.pin', partitions: 3 }], [topic('p.user')])).toEqual({
      actions: [{ kind: 'create', topic: 'p.pin', partitions: 3 }],
      kept: [{ topic: 'p.user', differences: [] }],
      refusals: [],
    })
  })

  test('names a config that is not as wished, and does not touch it', () => {
    const wished = { topic: 'p.pin', configs: { 'retention.ms': '1', 'segment.ms': '5' } }
    expect(plan([wished], [topic('p.pin')])).toEqual({
      actions: [],
      kept: [
        { topic: 'p.pin', differences: ['retention.ms is 604800000, not 1', 'segment.ms is unset, not 5'] },
      ],
      refusals: [],
    })
  })

  test('adds partitions to a topic without keys', () => {
    expect(plan([{ topic: 'audit', partitions: 5 }], [topic('audit')]).actions).toEqual([
      { kind: 'add-partitions', topic: 'audit', from: 3, to: 5 },
    ])
  })

  const refused: readonly {
    name: string
    desired: readonly DesiredTopic[]
    actual?: readonly ActualTopic[]
    options?: PlanOptions
    reason: string
  }[] = [
    {
      name: 'fewer partitions',
      desired: [{ topic: 'a', partitions: 2 }],
      actual: [topic('a')],
      reason: 'it has 3 partitions',
    },
    {
      name: 'fewer partitions, whatever is allowed',
      desired: [{ topic: 'p.pin', partitions: 2 }],
      actual: [topic('p.pin')],
      options: { allowKeyedPartitionIncrease: true },
      reason: 'cannot go down to 2',
    },
    {
      name: 'more partitions for a keyed topic',
      desired: [{ topic: 'p.pin', partitions: 5 }],
      actual: [topic('p.pin')],
      reason: '--allow-keyed-partition-increase',
    },
    {
      name: 'another replication factor',
      desired: [{ topic: 'a', replicationFactor: 3 }],
      actual: [topic('a')],
      reason: 'its replication factor is 1, not 3',
    },
    { name: 'an internal name', desired: [{ topic: '__consumer_offsets' }], reason: 'belong to the brokers' },
    {
      name: 'a name that begins like an internal one',
      desired: [{ topic: '__amazon_msk_canary' }],
      reason: 'belong to the brokers',
    },
    { name: 'a name Kafka would not take', desired: [{ topic: 'a/b' }], reason: 'may hold only letters' },
    { name: 'a dot', desired: [{ topic: '.' }], reason: 'is not allowed' },
    { name: 'a long name', desired: [{ topic: 'x'.repeat(250) }], reason: '249 are allowed' },
    {
      name: 'a name that collides with the cluster',
      desired: [{ topic: 'a.b' }],
      actual: [topic('a_b')],
      reason: 'collides with a_b',
    },
    {
      name: 'names that collide with each other',
      desired: [{ topic: 'a.b' }, { topic: 'a_b' }],
      reason: 'collides with',
    },
    {
      name: 'a topic wanted twice',
      desired: [{ topic: 'a' }, { topic: 'a', partitions: 4 }],
      reason: 'it is wanted twice',
    },
  ]
  test.each(refused)('refuses $name', ({ desired, actual = [], options, reason }) => {
    const { actions, refusals } = plan(desired, actual, options)
    expect(refusals.map((refusal) => refusal.reason).join()).toContain(reason)
    expect(refusals.every((refusal) => !refusal.reason.includes('\n'))).toBe(true)
    expect(actions).toEqual([])
  })

  test('lets a topic be that exists already beside one that it collides with', () => {
    expect(plan([{ topic: 'a.b' }], [topic('a.b'), topic('a_b')]).refusals).toEqual([])
  })

  test('adds partitions to a keyed topic when that was allowed', () => {
    const options = { allowKeyedPartitionIncrease: true }
    expect(plan([{ topic: 'p.pin', partitions: 5 }], [topic('p.pin')], options).actions).toHaveLength(1)
  })
})

/** The cluster after the actions: what Kafka would do, with its defaults. */
const applied = (before: readonly ActualTopic[], actions: readonly Action[]): readonly ActualTopic[] => {
  const after = new Map(before.map((each) => [each.topic, each]))
  for (const action of actions) {
    if (action.kind === 'create') {
      after.set(
        action.topic,
        topic(action.topic, { partitions: 1, ...action, configs: action.configs ?? {} }),
      )
    } else {
      const is = after.get(action.topic)
      if (is?.partitions !== action.from) throw new Error('the action does not begin at what is')
      after.set(action.topic, { ...is, partitions: action.to })
    }
  }
  return [...after.values()]
}

describe('plan, for any wishes and any cluster', () => {
  const name = fc.constantFrom(
    'p.pin',
    'p.geo',
    'p_pin',
    'audit',
    'a.b',
    'a_b',
    '__x',
    'bad/name',
    '..',
    'logs',
  )
  const configs = fc.dictionary(
    fc.constantFrom('retention.ms', 'segment.ms', 'cleanup.policy'),
    fc.constantFrom('1', '2'),
  )
  const desired = fc.array(
    fc.record(
      {
        topic: name,
        partitions: fc.integer({ min: 1, max: 6 }),
        replicationFactor: fc.integer({ min: 1, max: 3 }),
        configs,
      },
      { requiredKeys: ['topic'] },
    ),
    { maxLength: 8 },
  )
  const actual = fc.uniqueArray(
    fc.record({
      topic: name,
      partitions: fc.integer({ min: 1, max: 6 }),
      replicationFactor: fc.integer({ min: 1, max: 3 }),
      configs,
    }),
    { selector: (each) => each.topic, maxLength: 8 },
  )
  const options = fc.record({ allowKeyedPartitionIncrease: fc.boolean() })

  test('it converges: after its actions nothing is left to do', () => {
    fc.assert(
      fc.property(desired, actual, options, (wishes, cluster, allowed) => {
        const { actions } = plan(wishes, cluster, allowed)
        expect(plan(wishes, applied(cluster, actions), allowed).actions).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  test('it never lowers a number of partitions, and only ever touches what was wished for', () => {
    fc.assert(
      fc.property(desired, actual, options, (wishes, cluster, allowed) => {
        const { actions } = plan(wishes, cluster, allowed)
        for (const action of actions) {
          expect(wishes.map((wish) => wish.topic)).toContain(action.topic)
          const before = cluster.find((each) => each.topic === action.topic)?.partitions ?? 0
          expect(action.kind === 'create' ? before === 0 : action.to > before).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('it does not depend on the order of wishes or topics, and is the same byte for byte', () => {
    const cases = fc
      .tuple(desired, actual, options)
      .chain(([wishes, cluster, allowed]) =>
        fc.tuple(
          fc.constant({ wishes, cluster, allowed }),
          fc.shuffledSubarray(wishes, { minLength: wishes.length }),
          fc.shuffledSubarray(cluster, { minLength: cluster.length }),
        ),
      )
    fc.assert(
      fc.property(cases, ([{ wishes, cluster, allowed }, otherWishes, otherCluster]) => {
        const first = JSON.stringify(plan(wishes, cluster, allowed))
        expect(JSON.stringify(plan(otherWishes, otherCluster, allowed))).toBe(first)
        expect(JSON.stringify(plan(structuredClone(wishes), cluster, allowed))).toBe(first)
      }),
      { numRuns: 1000 },
    )
  })
})
