/** An AWS account for tests: a cluster, a user, a role. */

import { type IamRole, type IamUser } from '../msk-iam.ts'

export const clusterArn =
  'arn:aws:kafka:eu-west-1:111122223333:cluster/demo/11111111-2222-3333-4444-555555555555-1'
export const region = 'eu-west-1'

/** Everything on one cluster. */
export const everything = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'kafka-cluster:*', Resource: 'arn:aws:kafka:eu-west-1:111122223333:*/demo/*' },
  ],
}
export const nothing = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 'kafka-cluster:*', Resource: '*' }],
}

export const alice: IamUser = {
  arn: 'arn:aws:iam::111122223333:user/alice',
  accessKeyId: 'AKIAALICE',
  secretAccessKey: 'alice/knows+it',
  policies: [everything],
}

export const admin: IamRole = { arn: 'arn:aws:iam::111122223333:role/admin', policies: [everything] }
