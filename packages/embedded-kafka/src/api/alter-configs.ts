/** AlterConfigs: replaces all settings of a topic. */

import { applyToTopic, checkResource } from '../config-alteration.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { array, bool, int16, int32, int8, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

export const alterConfigs = defineApi({
  name: 'AlterConfigs',
  key: 33,
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({ name: string(), value: string('0+', { nullable: '0+' }) }),
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
        return { ...replace(context, resource, isRepeated, validateOnly), ...where(resource) }
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
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

function where({ resourceType, resourceName }: Resource) {
  return { resourceType, resourceName }
}

function replace(
  { cluster }: RequestContext,
  resource: Resource,
  isRepeated: boolean,
  validateOnly: boolean,
) {
  try {
    if (isRepeated) throw new RequestRefused('INVALID_REQUEST', 'Each resource must appear at most once.')
    checkResource(
      resource,
      resource.configs.filter(({ value }) => value === null).map(({ name }) => name),
    )
    const settings = new Map(resource.configs.map(({ name, value }) => [name, value ?? '']))
    applyToTopic(cluster, resource.resourceName, () => settings, validateOnly)
    return { errorCode: errorCode.NONE }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    return { errorCode: error.code, errorMessage: error.message }
  }
}
