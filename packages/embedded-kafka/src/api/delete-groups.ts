/** DeleteGroups: only groups without members can go. */

import { array, int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { checkCoordinated, codeOf } from './group-access.ts'

export const deleteGroups = defineApi({
  name: 'DeleteGroups',
  key: 42,
  versions: [0, 2],
  flexibleFrom: 2,
  request: { groupsNames: array(string()) },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    results: array({ groupId: string(), errorCode: int16() }),
  },
  handle(context, { groupsNames }) {
    const remove = (groupId: string): number =>
      codeOf(() => {
        checkCoordinated(context, 'DeleteGroups', groupId)
        context.cluster.groups.delete(groupId)
      })
    return { results: [...new Set(groupsNames)].map((groupId) => ({ groupId, errorCode: remove(groupId) })) }
  },
  refuse: ({ groupsNames }, code) => ({
    results: groupsNames.map((groupId) => ({ groupId, errorCode: code })),
  }),
})
