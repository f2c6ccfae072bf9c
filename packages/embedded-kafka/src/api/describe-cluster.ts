/** DescribeCluster. */

import { errorCode } from '../error-codes.ts'
import { array, bool, int16, int32, int8, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { allClusterOperations } from './authorized-operations.ts'
import { codeOf } from './group-access.ts'

const brokerEndpoints = 1

export const describeCluster = defineApi({
  name: 'DescribeCluster',
  key: 60,
  versions: [0, 2],
  flexibleFrom: 0,
  request: {
    includeClusterAuthorizedOperations: bool('0+', { default: false }),
    endpointType: int8('1+', { default: brokerEndpoints }),
    includeFencedBrokers: bool('2+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    endpointType: int8('1+', { default: brokerEndpoints }),
    clusterId: string('0+', { default: '' }),
    controllerId: int32('0+', { default: -1 }),
    brokers: array(
      {
        brokerId: int32(),
        host: string(),
        port: int32(),
        rack: string('0+', { nullable: '0+', default: null }),
        isFenced: bool('2+', { default: false }),
      },
      '0+',
      { default: [] },
    ),
    clusterAuthorizedOperations: int32('0+', { default: -2_147_483_648 }),
  },
  handle(
    { cluster, access, version },
    { includeClusterAuthorizedOperations, endpointType, includeFencedBrokers },
  ) {
    if (endpointType !== brokerEndpoints)
      return {
        errorCode: errorCode.MISMATCHED_ENDPOINT_TYPE,
        errorMessage: `The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type ${endpointType === 2 ? 'CONTROLLER' : 'UNKNOWN'}`,
        endpointType: version >= 1 ? endpointType : brokerEndpoints,
      }
    const denied = codeOf(() => access.check('DescribeCluster', 'cluster'))
    if (denied !== 0) return { errorCode: denied }
    const { all } = cluster.brokers
    return {
      errorCode: errorCode.NONE,
      clusterId: cluster.id,
      controllerId: cluster.brokers.controllerId,
      brokers: all
        .filter(({ isAlive }) => isAlive || includeFencedBrokers)
        .map(({ id, host, port, isAlive }) => ({ brokerId: id, host, port, isFenced: !isAlive })),
      ...(includeClusterAuthorizedOperations && { clusterAuthorizedOperations: allClusterOperations }),
    }
  },
  refuse: (_, code) => ({ errorCode: code }),
})
