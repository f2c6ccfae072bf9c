/** ApiVersions: what this broker speaks (KIP-35, KIP-511). */

import { errorCode } from '../error-codes.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { type AnyApi, defineApi } from './api.ts'

const key = 18
const versions = [0, 4] as const
const produceKey = 0
const softwareText = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/** Clients that find version 2 here send transactions by KIP-890: epochs grow with each one. */
const finalizedFeatures = [{ name: 'transaction.version', minVersionLevel: 2, maxVersionLevel: 2 }]
const supportedFeatures = [{ name: 'transaction.version', minVersion: 0, maxVersion: 2 }]

/** As in Kafka 4: librdkafka takes a broker without Produce 0 for an ancient one, so it is named but not spoken. */
function spoken(apis: Iterable<Pick<AnyApi, 'key' | 'versions'>>) {
  return [...apis]
    .map(({ key: apiKey, versions: [lowest, highest] }) => ({
      apiKey,
      minVersion: apiKey === produceKey ? 0 : lowest,
      maxVersion: highest,
    }))
    .toSorted((a, b) => a.apiKey - b.apiKey)
}

export const apiVersions = defineApi({
  name: 'ApiVersions',
  key,
  versions,
  flexibleFrom: 3,
  request: {
    clientSoftwareName: string('3+'),
    clientSoftwareVersion: string('3+'),
  },
  response: {
    errorCode: int16(),
    apiKeys: array({ apiKey: int16(), minVersion: int16(), maxVersion: int16() }),
    throttleTimeMs: int32('1+', { default: 0 }),
    supportedFeatures: array({ name: string(), minVersion: int16(), maxVersion: int16() }, '3+', {
      tag: 0,
      default: [],
    }),
    finalizedFeaturesEpoch: int64('3+', { tag: 1, default: -1n }),
    finalizedFeatures: array({ name: string(), maxVersionLevel: int16(), minVersionLevel: int16() }, '3+', {
      tag: 2,
      default: [],
    }),
  },
  handle({ version, apis }, { clientSoftwareName, clientSoftwareVersion }) {
    const isSound = [clientSoftwareName, clientSoftwareVersion].every((text) => softwareText.test(text))
    if (version >= 3 && !isSound) return { errorCode: errorCode.INVALID_REQUEST, apiKeys: [] }
    return {
      errorCode: errorCode.NONE,
      apiKeys: spoken(apis),
      supportedFeatures,
      finalizedFeaturesEpoch: 1n,
      finalizedFeatures,
    }
  },
  /** A client from the future learns at least which versions of this API there are. */
  refuse: (_, code) => ({
    errorCode: code,
    apiKeys: code === errorCode.UNSUPPORTED_VERSION ? spoken([{ key, versions }]) : [],
  }),
})
