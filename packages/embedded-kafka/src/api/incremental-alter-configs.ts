/** IncrementalAlterConfigs: single settings of a topic (KIP-339). */

import { applyToTopic, changed, checkResource, operation } from '../config-alteration.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { array, bool, int16, int32, int8, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

export const incrementalAlterConfigs = defineApi({
  name: 'IncrementalAlterConfigs',
  key: 44,
  versions: [0, 1],
  flexibleFrom: 1,
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        configOperation: int8(),
        value: string('0+', { nullable: '0+', default: null }),
      }),
    }),
    validateOnly: bool('0+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    responses: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
  handle(context, { resources, validateOnly }) {
    return {
      responses: resources.map((resource) => {
        const isRepeated = resources.some(
          (other) =>
            other !== resource &&
            other.resourceType === resource.resourceType &&
            other.resourceName === resource.resourceName,
        )
        return { ...alter(context, resource, isRepeated, validateOnly), ...where(resource) }
      }),
    }
  },
  refuse: ({ resources }, code) => ({
    responses: resources.map((resource) => ({ errorCode: code, ...where(resource) })),
  }),
})

type Resource = {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly {
    readonly name: string
    readonly configOperation: number
    readonly value: string | null
  }[]
}

function where({ resourceType, resourceName }: Resource) {
  return { resourceType, resourceName }
}

function alter({ cluster }: RequestContext, resource: Resource, isRepeated: boolean, validateOnly: boolean) {
  try {
    if (isRepeated) throw new RequestRefused('INVALID_REQUEST', 'Each resource must appear at most once.')
    const withoutValue = resource.configs
      .filter(({ configOperation, value }) => configOperation !== operation.delete && value === null)
      .map(({ name }) => name)
    checkResource(resource, withoutValue)
    const changes = resource.configs.map(({ name, configOperation, value }) => ({
      name,
      operation: configOperation,
      value,
    }))
    applyToTopic(cluster, resource.resourceName, (before) => changed(before, changes), validateOnly)
    return { errorCode: errorCode.NONE }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    return { errorCode: error.code, errorMessage: error.message }
  }
}
