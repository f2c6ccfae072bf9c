/**
 * Amazon MSK's access control by IAM: logins with IAM credentials by OAUTHBEARER and AWS_MSK_IAM, rights from policy documents,
 * and the STS that gives credentials of roles.
 *
 *     const iam = mskIam({ clusterArn, users: [alice], roles: [consumer] })
 *     await using sts = await iam.startSts()
 *     await using kafka = await startEmbeddedKafka({ tls: await testCertificates(), logins: iam })
 */

import { type KafkaAction, kafkaActions, policyActionOf } from '@pinpipe/msk-auth/kafka-actions'
import {
  clusterArn as checkedClusterArn,
  groupArn,
  topicArn,
  transactionalIdArn,
} from '@pinpipe/msk-auth/kafka-arns'
import { evaluate } from '@pinpipe/msk-auth/iam-policy'
import { type LoginRefusal, type VerifiedLogin } from '@pinpipe/msk-auth/token-verifier'
import { type Logins } from './broker-sockets.ts'
import { type Clock, systemClock } from './clock.ts'
import { type FakeSts, startSts } from './fake-sts/fake-sts.ts'
import { IamDirectory, type IamKey, type IamRole, type IamUser } from './iam/iam-directory.ts'
import { type MskGate, awsMskIam, failure, oauthBearer } from './iam/msk-mechanisms.ts'
import { type Identity, type LoginContext } from './login/mechanism.ts'

export type { IamRole, IamUser, PolicyDocument } from './iam/iam-directory.ts'

export type MskIamOptions = {
  /** arn:aws:kafka:eu-west-1:111122223333:cluster/demo/… : policies name the resources in it. */
  readonly clusterArn: string
  readonly users: readonly IamUser[]
  /** What `startSts()` lets assume. */
  readonly roles?: readonly IamRole[]
  /** Default all of them. Old clusters have no OAUTHBEARER. */
  readonly mechanisms?: readonly ('OAUTHBEARER' | 'AWS_MSK_IAM')[]
  /** connections.max.reauth.ms: the longest session. Default 0: as long as the login is good for. */
  readonly maxSessionMs?: number
  /** Refuses logins that would last less: "Session too short". Default 0. */
  readonly shortestSessionMs?: number
  /** Refuses new connections' logins over this rate: "Too many connects". MSK: 100, t3.small 4. Default: none. */
  readonly connectsPerSecond?: number
  /** AWS's clock is so much ahead of the broker's; of the clients', too, if they run on the same machine. Default 0. */
  readonly skewMs?: number
  /** How OAUTHBEARER refuses: with MSK's error, or with Apache Kafka's challenge. Default `msk`. */
  readonly failureShape?: 'msk' | 'apache'
  readonly clock?: Clock
}

export type MskIam = Logins & {
  /** Why logins were refused, the newest last: clients are only told "Access denied". */
  readonly refusals: readonly LoginRefusal[]
  /** An STS on loopback with the same users and roles, for `AWS_ENDPOINT_URL_STS`. @param port any free one by default */
  startSts(port?: number): Promise<FakeSts>
}

const secondMs = 1_000

/** @throws MskAuthError for a cluster ARN that is none, or a policy that IAM would refuse */
export function mskIam(options: MskIamOptions): MskIam {
  const { clock = systemClock, skewMs = 0, shortestSessionMs = 0, connectsPerSecond = Infinity } = options
  const cluster = checkedClusterArn(options.clusterArn)
  const directory = new IamDirectory(options.users, options.roles ?? [])
  const refusals: LoginRefusal[] = []
  const connects: number[] = []
  const nowMs = (): number => clock.now() + skewMs

  const letIn = ({ key, expiresAtMs }: VerifiedLogin<IamKey>, { isRepeated }: LoginContext): Identity => {
    const now = nowMs()
    while (connects[0] !== undefined && connects[0] <= now - secondMs) connects.shift()
    if (!isRepeated && connects.length >= connectsPerSecond) throw failure('Too many connects')
    if (!isRepeated) connects.push(now)
    const lifetimeMs = expiresAtMs - now
    if (lifetimeMs < shortestSessionMs) throw failure('Session too short')
    const isAllowed = rightsOf(cluster, key)
    if (!isAllowed('Connect', '')) throw failure('Access denied')
    return { principal: key.arn, lifetimeMs, isAllowed }
  }
  const gate: MskGate = {
    nowMs,
    keyOf: (accessKeyId) => directory.keyOf(accessKeyId),
    region: cluster.split(':')[3] ?? '',
    letIn,
    failureShape: options.failureShape ?? 'msk',
    onRefused: ({ reason }) => void refusals.push(reason),
  }
  const wanted = options.mechanisms ?? ['OAUTHBEARER', 'AWS_MSK_IAM']
  return {
    mechanisms: [oauthBearer(gate), awsMskIam(gate)].filter(({ name }) =>
      wanted.some((each) => each === name),
    ),
    maxSessionMs: options.maxSessionMs ?? 0,
    refusals,
    startSts: (port = 0) => startSts({ directory, nowMs, port }),
  }
}

/** Each question is asked with every request: the policies are looked at once. */
function rightsOf(cluster: string, { policies }: IamKey): (action: KafkaAction, name: string) => boolean {
  const known = new Map<string, boolean>()
  const decide = (action: KafkaAction, name: string): boolean => {
    const resource = arnOf(cluster, action, name)
    if (resource === undefined) return false
    const request = { action: policyActionOf(action), resource, context: { 'aws:SecureTransport': true } }
    return evaluate(policies, request).decision === 'allowed'
  }
  return (action, name) => {
    const question = `${action} ${name}`
    const isAllowed = known.get(question) ?? decide(action, name)
    known.set(question, isAllowed)
    return isAllowed
  }
}

const arnMakers = {
  cluster: (cluster: string) => cluster,
  topic: topicArn,
  group: groupArn,
  'transactional-id': transactionalIdArn,
} as const

/** `undefined` for a name that nothing can have, which nobody may use. */
function arnOf(cluster: string, action: KafkaAction, name: string): string | undefined {
  try {
    return arnMakers[kafkaActions[action].on](cluster, name)
  } catch {
    return undefined
  }
}
