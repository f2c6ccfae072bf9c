/** ListPartitionReassignments: there are never any, but kafka-topics asks. */

import { array, int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { codeOf } from './group-access.ts'

export const listPartitionReassignments = defineApi({
  name: 'ListPartitionReassignments',
  key: 46,
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    timeoutMs: int32('0+', { default: 60_000 }),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, '0+', {
      nullable: '0+',
      default: null,
    }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    topics: array(
      {
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          replicas: array(int32()),
          addingReplicas: array(int32()),
          removingReplicas: array(int32()),
        }),
      },
      '0+',
      { default: [] },
    ),
  },
  handle: ({ access }) => ({
    errorCode: codeOf(() => access.check('ListPartitionReassignments', 'cluster')),
  }),
  refuse: (_, code) => ({ errorCode: code }),
})
