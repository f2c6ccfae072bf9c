/** AlterConfigs: replaces all settings of a topic. */

import { alterEach, applyToTopic, checkResource, refuseEach, checkAlterable } from '../config-alteration.ts'
import { array, bool, int16, int32, int8, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

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
  handle: ({ cluster, access }, { resources, validateOnly }) =>
    alterEach(resources, (resource) => {
      checkAlterable(access, 'AlterConfigs', resource)
      const withoutValue = resource.configs.filter(({ value }) => value === null).map(({ name }) => name)
      checkResource(resource, withoutValue)
      const settings = new Map(resource.configs.map(({ name, value }) => [name, value ?? '']))
      applyToTopic(cluster, resource.resourceName, () => settings, validateOnly)
    }),
  refuse: ({ resources }, code) => refuseEach(resources, code),
})
