/** IncrementalAlterConfigs: single settings of a topic (KIP-339). */

import {
  alterEach,
  applyToTopic,
  changed,
  checkResource,
  operation,
  refuseEach,
  checkAlterable,
} from '../config-alteration.ts'
import { array, bool, int16, int32, int8, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

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
  handle: ({ cluster, access }, { resources, validateOnly }) =>
    alterEach(resources, (resource) => {
      checkAlterable(access, 'IncrementalAlterConfigs', resource)
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
    }),
  refuse: ({ resources }, code) => refuseEach(resources, code),
})
