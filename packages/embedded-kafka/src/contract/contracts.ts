/** All areas of the contract, for both runners. */

import { type ContractCase, type DeclareCases, collectCases } from './contract.ts'
import { configContract } from './config-contract.ts'
import { createTopicsContract } from './create-topics-contract.ts'
import { fetchContract } from './fetch-contract.ts'
import { groupAdminContract } from './group-admin-contract.ts'
import { groupContract } from './group-contract.ts'
import { listOffsetsContract } from './list-offsets-contract.ts'
import { loginContract, reloginContract } from './login-contract.ts'
import { metadataContract } from './metadata-contract.ts'
import { produceContract } from './produce-contract.ts'
import { producerContract } from './producer-contract.ts'
import { topicAdminContract } from './topic-admin-contract.ts'
import { transactionContract } from './transaction-contract.ts'
import { transactionOffsetsContract } from './transaction-offsets-contract.ts'
import { transactionEpochContract } from './transaction-epoch-contract.ts'
import { groupRebalanceContract } from './group-rebalance-contract.ts'
import { staticMemberContract } from './static-member-contract.ts'
import { groupOffsetsContract } from './group-offsets-contract.ts'

const areas: Readonly<Record<string, DeclareCases>> = {
  'connections and metadata': metadataContract,
  logins: loginContract,
  'creating topics': createTopicsContract,
  produce: produceContract,
  fetch: fetchContract,
  offsets: listOffsetsContract,
  'idempotent producers': producerContract,
  transactions: transactionContract,
  'epochs of transactions': transactionEpochContract,
  'offsets in transactions': transactionOffsetsContract,
  groups: groupContract,
  rebalances: groupRebalanceContract,
  'static members': staticMemberContract,
  'committed offsets': groupOffsetsContract,
  'group administration': groupAdminContract,
  'topic administration': topicAdminContract,
  settings: configContract,
}

export const contractCases: readonly (readonly [string, ContractCase])[] = Object.entries(areas).flatMap(
  ([area, declare]) => collectCases(area, declare),
)

/** For a port whose sessions end after an hour. */
export const reloginCases = collectCases('logins again', reloginContract)
