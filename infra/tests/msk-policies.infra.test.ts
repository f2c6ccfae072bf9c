/** The roles' policies as Terraform renders them, evaluated: each app may do what it calls, and nothing else. */
import { type AppName, type AppOptions, appNames, callsOf, grantsOf } from '@pinpipe/msk-auth/app-grants'
import { type Policy } from '@pinpipe/msk-auth/iam-policy'
import {
  type KafkaAction,
  type KafkaCall,
  kafkaActions,
  kafkaCalls,
  policyActionOf,
} from '@pinpipe/msk-auth/kafka-actions'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { beforeAll, expect, test } from 'vitest'
import { runOnMsk } from '../../e2e/msk-role-runs.ts'
import { describeTerraform } from './describe-terraform.ts'
import {
  allResources,
  type Document,
  grantedIn,
  isAbout,
  isAllowed,
  type Place,
  policyFrom,
  refusals,
  sortedGrants,
  without,
} from './role-policies.ts'
import { testState } from './terraform.ts'

// As in tests/msk-iam-policies/*.tftest.hcl.
const cluster = 'arn:aws:kafka:eu-west-1:111122223333:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5'
const prefix = '0af8d0adfd13'
const group = 'pinpipe'

const runs = {
  'by default': 'by_default_deletes_nothing_and_sets_no_offsets',
  'with everything': 'allows_with_no_wildcard_in_an_action_and_no_resource_that_is_one',
} as const
type Deployment = keyof typeof runs
const deployments = Object.keys(runs) as Deployment[]
const optionsOf: Readonly<Record<Deployment, AppOptions>> = {
  'by default': {},
  'with everything': { allowTopicDeletion: true, allowOffsetReset: true },
}
const appsAndDeployments = appNames.flatMap((app) => deployments.map((deployment) => ({ app, deployment })))

const ours: Place = { cluster, topics: catalogue.map((table) => topicOf(prefix, table)), group }

describeTerraform('the policies of the roles', () => {
  const documents = new Map<string, Document>()
  const documentOf = (app: AppName, deployment: Deployment): Document =>
    documents.get(`${app} ${deployment}`)!
  const policyOf = (app: AppName, deployment: Deployment): Policy => policyFrom(documentOf(app, deployment))

  beforeAll(async () => {
    for (const deployment of deployments) {
      // oxlint-disable-next-line no-await-in-loop -- one Terraform at a time
      const state = await testState('tests/msk-iam-policies', runs[deployment])
      const rendered = state.output('policy_documents') as Readonly<Record<AppName, string>>
      for (const app of appNames) documents.set(`${app} ${deployment}`, JSON.parse(rendered[app]) as Document)
    }
  }, 300_000)

  test.each(appsAndDeployments)('$app, $deployment: the table is that of the code', ({ app, deployment }) => {
    expect(grantedIn(documentOf(app, deployment))).toEqual(sortedGrants(app, optionsOf[deployment]))
  })

  test.each(appsAndDeployments)('$app, $deployment: every call is allowed', ({ app, deployment }) => {
    const calls = callsOf(app, optionsOf[deployment])
    expect(refusals(policyOf(app, deployment), calls, ours)).toEqual([])
  })

  test.each(['topic-admin', 'producer', 'consumer'] as const)(
    '%s does its work on a cluster that goes by its policy',
    { timeout: 60_000 },
    async (app) => {
      expect(await runOnMsk(app, documentOf(app, 'with everything'))).toMatchObject({ exit: 0 })
    },
  )

  const removals = appsAndDeployments.flatMap(({ app, deployment }) =>
    Object.values(grantsOf(app, optionsOf[deployment]))
      .flat()
      .map((action) => ({ app, deployment, action })),
  )

  test.each(removals)(
    '$app, $deployment, without $action: the calls that need it are refused, and no other',
    ({ app, deployment, action }) => {
      const calls = callsOf(app, optionsOf[deployment])
      const left = policyFrom(without(documentOf(app, deployment), policyActionOf(action)))
      const refused = new Set(refusals(left, calls, ours).map((refusal) => refusal.call))
      const needing = calls.filter((call) => kafkaCalls[call].needs.includes(action))
      expect([...refused]).toEqual(needing)
      expect(needing.length).toBeGreaterThan(0)
    },
  )

  test.each<[string, Partial<Place>]>([
    ['a prefix that ours begins with', { topics: [`${prefix.slice(0, -1)}.pin`] }],
    ['a prefix that begins with ours', { topics: [`${prefix}0.pin`] }],
    ['a longer prefix of ours', { topics: [`${prefix}.pin.pin`] }],
    ['our prefix in capital letters', { topics: [`${prefix.toUpperCase()}.pin`] }],
    ['a topic of our prefix that is not in the catalogue', { topics: [`${prefix}.pins`, `${prefix}.p`] }],
    ["the brokers' own topics", { topics: ['__consumer_offsets', '__transaction_state'] }],
    ['another group', { group: 'pinpipes' }],
    ['a group that ours begins with', { group: 'pin' }],
    ['a cluster of the same name', { cluster: cluster.replace(/-5$/, '-6') }],
    ['a cluster of another account', { cluster: cluster.replace('111122223333', '444455556666') }],
    ['a cluster of another region', { cluster: cluster.replace('eu-west-1', 'eu-west-2') }],
  ])('whatever is allowed is refused for %s', (_, elsewhere) => {
    for (const { app, deployment } of appsAndDeployments) {
      const calls = callsOf(app, optionsOf[deployment]).filter((call) => isAbout(call, elsewhere))
      const refused = refusals(policyOf(app, deployment), calls, { ...ours, ...elsewhere })
      expect(new Set(refused.map((refusal) => refusal.call))).toEqual(new Set(calls))
    }
  })

  test('of all actions on all resources, those of the table are allowed', () => {
    for (const { app, deployment } of appsAndDeployments) {
      const granted = Object.values(grantsOf(app, optionsOf[deployment])).flat()
      const policy = policyOf(app, deployment)
      const allowed = (Object.keys(kafkaActions) as KafkaAction[]).flatMap((action) =>
        allResources(ours).flatMap(({ resource, arn }) =>
          isAllowed(policy, { action: policyActionOf(action), resource: arn }) ? [{ action, resource }] : [],
        ),
      )
      const expected = granted.flatMap((action) => {
        const { on } = kafkaActions[action]
        return (on === 'topic' ? ours.topics : [on]).map(() => ({ action, resource: on }))
      })
      expect(sorted(allowed)).toEqual(sorted(expected))
    }
  })

  test.each<KafkaCall>(['DeleteTopics', 'DeleteRecords', 'DeleteGroups', 'OffsetDelete'])(
    'by default nobody may call %s',
    (call) => {
      for (const app of appNames) expect(refusals(policyOf(app, 'by default'), [call], ours)).not.toEqual([])
    },
  )
})

function sorted(
  grants: readonly { readonly action: string; readonly resource: string }[],
): readonly string[] {
  return grants.map(({ action, resource }) => `${action} on ${resource}`).toSorted()
}
