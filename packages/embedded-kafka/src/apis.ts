/** Every API that the broker speaks. To add one: a file in `api/`, and a line here. */

import { type AnyApi } from './api/api.ts'
import { apiVersions } from './api/api-versions.ts'
import { createTopics } from './api/create-topics.ts'
import { deleteGroups } from './api/delete-groups.ts'
import { describeGroups } from './api/describe-groups.ts'
import { fetch } from './api/fetch.ts'
import { findCoordinator } from './api/find-coordinator.ts'
import { heartbeat } from './api/heartbeat.ts'
import { joinGroup } from './api/join-group.ts'
import { leaveGroup } from './api/leave-group.ts'
import { listGroups } from './api/list-groups.ts'
import { listOffsets } from './api/list-offsets.ts'
import { metadata } from './api/metadata.ts'
import { offsetCommit } from './api/offset-commit.ts'
import { offsetDelete } from './api/offset-delete.ts'
import { offsetFetch } from './api/offset-fetch.ts'
import { offsetForLeaderEpoch } from './api/offset-for-leader-epoch.ts'
import { produce } from './api/produce.ts'
import { syncGroup } from './api/sync-group.ts'

const list: readonly AnyApi[] = [
  apiVersions,
  createTopics,
  deleteGroups,
  describeGroups,
  fetch,
  findCoordinator,
  heartbeat,
  joinGroup,
  leaveGroup,
  listGroups,
  listOffsets,
  metadata,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  offsetForLeaderEpoch,
  produce,
  syncGroup,
]

export const apis: ReadonlyMap<number, AnyApi> = new Map(list.map((api) => [api.key, api]))
