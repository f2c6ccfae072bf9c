/** ListGroups: those that this broker coordinates. */

import { errorCode } from '../error-codes.ts'
import { array, int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

export const listGroups = defineApi({
  name: 'ListGroups',
  key: 16,
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    statesFilter: array(string(), '4+', { default: [] }),
    typesFilter: array(string(), '5+', { default: [] }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0 }),
    errorCode: int16(),
    groups: array({
      groupId: string(),
      protocolType: string(),
      groupState: string('4+', { default: '' }),
      groupType: string('5+', { default: '' }),
    }),
  },
  handle({ cluster, broker, access }, { statesFilter, typesFilter }) {
    const seesAll = access.shows('DescribeCluster', 'cluster', '')
    const groups = cluster.groups
      .all()
      .filter(({ id }) => seesAll || access.shows('ListGroups', 'group', id))
      .filter(({ id }) => cluster.coordinators.of('group', id) === broker)
      .filter(({ state }) => admits(statesFilter, state) && admits(typesFilter, 'classic'))
      .map(({ id, protocolType, state }) => ({
        groupId: id,
        protocolType,
        groupState: state,
        groupType: 'classic',
      }))
    return { errorCode: errorCode.NONE, groups }
  },
  refuse: (_, code) => ({ errorCode: code, groups: [] }),
})

function admits(filter: readonly string[], value: string): boolean {
  return filter.length === 0 || filter.some((one) => one.toLowerCase() === value.toLowerCase())
}
