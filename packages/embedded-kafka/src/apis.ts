/** Every API that the broker speaks. To add one: a file in `api/`, and a line here. */

import { type AnyApi } from './api/api.ts'
import { apiVersions } from './api/api-versions.ts'
import { createTopics } from './api/create-topics.ts'
import { fetch } from './api/fetch.ts'
import { listOffsets } from './api/list-offsets.ts'
import { metadata } from './api/metadata.ts'
import { offsetForLeaderEpoch } from './api/offset-for-leader-epoch.ts'
import { produce } from './api/produce.ts'

const list: readonly AnyApi[] = [
  apiVersions,
  createTopics,
  fetch,
  listOffsets,
  metadata,
  offsetForLeaderEpoch,
  produce,
]

export const apis: ReadonlyMap<number, AnyApi> = new Map(list.map((api) => [api.key, api]))
