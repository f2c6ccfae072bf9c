/** FindCoordinator: which broker to ask about a group or a transactional id. */

import { errorCode } from '../error-codes.ts'
import { array, int16, int32, int8, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { codeOf } from './group-access.ts'

const kinds = ['group', 'transaction'] as const

export const findCoordinator = defineApi({
  name: 'FindCoordinator',
  key: 10,
  versions: [0, 6],
  flexibleFrom: 3,
  request: {
    key: string('0-3', { default: '' }),
    keyType: int8('1+', { default: 0 }),
    coordinatorKeys: array(string(), '4+', { default: [] }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0 }),
    errorCode: int16('0-3', { default: 0 }),
    errorMessage: string('1-3', { nullable: '1+', default: null }),
    nodeId: int32('0-3', { default: -1 }),
    host: string('0-3', { default: '' }),
    port: int32('0-3', { default: -1 }),
    coordinators: array(
      {
        key: string(),
        nodeId: int32(),
        host: string(),
        port: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      },
      '4+',
      { default: [] },
    ),
  },
  handle(context, { key, keyType, coordinatorKeys }) {
    if (context.version >= 4)
      return { coordinators: coordinatorKeys.map((each) => ({ key: each, ...find(context, keyType, each) })) }
    return find(context, keyType, key)
  },
  refuse: ({ coordinatorKeys }, code) => ({
    errorCode: code,
    coordinators: coordinatorKeys.map((key) => ({ key, ...nobody(code, null) })),
  }),
})

function find({ cluster, access, version }: RequestContext, keyType: number, key: string) {
  const kind = kinds[keyType]
  if (kind === undefined) return nobody(errorCode.INVALID_REQUEST, malformed)
  const denied = codeOf(() => {
    if (kind === 'group') access.check('FindCoordinator (group)', 'group', key)
    else access.check('FindCoordinator (transaction)', 'transactional-id', key)
  })
  if (denied !== 0) return nobody(denied, version >= 4 ? '' : null)
  const broker = cluster.coordinators.of(kind, key)
  if (broker === undefined)
    return nobody(errorCode.COORDINATOR_NOT_AVAILABLE, 'The coordinator is not available.')
  const { id: nodeId, host, port } = broker
  return { errorCode: errorCode.NONE, errorMessage: version >= 4 ? '' : 'NONE', nodeId, host, port }
}

/** As Kafka words INVALID_REQUEST. */
const malformed =
  'This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.'

function nobody(code: number, errorMessage: string | null) {
  return { errorCode: code, errorMessage, nodeId: -1, host: '', port: -1 }
}
