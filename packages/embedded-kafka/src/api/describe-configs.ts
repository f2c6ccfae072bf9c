/** DescribeConfigs: settings with the place that each value comes from. */

import { brokerConfigs } from '../broker-configs.ts'
import { resourceType as types } from '../config-alteration.ts'
import { type ConfigType } from '../config-keys.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { configSource } from '../topic-configs.ts'
import { topicNameProblem } from '../topic-names.ts'
import { array, bool, int16, int32, int8, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

/** As the protocol numbers them. */
const typeNumbers: Readonly<Record<ConfigType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  long: 5,
  double: 6,
  list: 7,
}

export const describeConfigs = defineApi({
  name: 'DescribeConfigs',
  key: 32,
  versions: [1, 4],
  flexibleFrom: 4,
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configurationKeys: array(string(), '0+', { nullable: '0+', default: null }),
    }),
    includeSynonyms: bool('0+', { default: false }),
    includeDocumentation: bool('3+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    results: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: '' }),
      resourceType: int8(),
      resourceName: string(),
      configs: array(
        {
          name: string(),
          value: string('0+', { nullable: '0+' }),
          readOnly: bool(),
          configSource: int8(),
          isSensitive: bool('0+', { default: false }),
          synonyms: array({ name: string(), value: string('0+', { nullable: '0+' }), source: int8() }, '0+', {
            default: [],
          }),
          configType: int8('3+', { default: 0 }),
          documentation: string('3+', { nullable: '3+', default: null }),
        },
        '0+',
        { default: [] },
      ),
    }),
  },
  handle(context, { resources, includeSynonyms }) {
    return {
      results: resources.map(({ resourceType, resourceName, configurationKeys }) => {
        const where = { resourceType, resourceName }
        try {
          const wanted = (configurationKeys?.length ?? 0) === 0 ? undefined : new Set(configurationKeys)
          const configs = entriesOf(context, where)
            .filter(({ name }) => wanted === undefined || wanted.has(name))
            .map((entry) => (includeSynonyms ? entry : { ...entry, synonyms: [] }))
          return { errorCode: errorCode.NONE, ...where, configs }
        } catch (error) {
          if (!(error instanceof RequestRefused)) throw error
          const isUnknown = error.code === errorCode.UNKNOWN_TOPIC_OR_PARTITION
          return { errorCode: error.code, errorMessage: isUnknown ? '' : error.message, ...where }
        }
      }),
    }
  },
  refuse: ({ resources }, code) => ({
    results: resources.map(({ resourceType, resourceName }) => ({
      errorCode: code,
      resourceType,
      resourceName,
    })),
  }),
})

type Resource = { readonly resourceType: number; readonly resourceName: string }

function entriesOf(context: RequestContext, { resourceType, resourceName }: Resource) {
  if (resourceType === types.topic) {
    context.access.check('DescribeConfigs (topic)', 'topic', resourceName)
    return topicEntries(context, resourceName)
  }
  if (resourceType === types.broker) {
    context.access.check('DescribeConfigs (broker)', 'cluster')
    return brokerEntries(context, resourceName)
  }
  throw new RequestRefused('INVALID_REQUEST', `Unexpected resource type ${resourceType}`)
}

function topicEntries({ cluster }: RequestContext, name: string) {
  const problem = topicNameProblem(name)
  if (problem !== undefined)
    throw new RequestRefused('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}`)
  const topic = cluster.topics.find(name)
  if (topic === undefined) throw new RequestRefused('UNKNOWN_TOPIC_OR_PARTITION', 'there is no such topic')
  return topic.configs.entries().map((entry) => ({
    name: entry.name,
    value: entry.value,
    readOnly: false,
    configSource: entry.source,
    synonyms: entry.synonyms,
    configType: typeNumbers[entry.key.type],
  }))
}

/** Without a name: what was set for all brokers, which is nothing but what Kafka 4.1 sets when it is formatted. */
function brokerEntries({ cluster, broker }: RequestContext, name: string) {
  const minInSync = { name: 'min.insync.replicas', value: '1', type: 'int' } as const
  if (name !== '' && name !== String(broker.id))
    throw new RequestRefused(
      'INVALID_REQUEST',
      `Unexpected broker id, expected ${broker.id} or empty string, but received ${name}`,
    )
  const source = name === '' ? configSource.dynamicDefault : configSource.default
  const entries = name === '' ? [minInSync] : brokerConfigs(cluster, broker)
  return entries.map((entry) => ({
    name: entry.name,
    value: entry.value,
    readOnly: name !== '',
    configSource: source,
    synonyms: [{ name: entry.name, value: entry.value, source }],
    configType: typeNumbers[entry.type],
  }))
}
