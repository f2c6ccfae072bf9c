/** From a frame to the API that it names, and back: what each connection does with each request. */

import { Access } from './access.ts'
import { type AnyApi, type Exchange, type Reply as ApiReply, type RequestContext } from './api/api.ts'
import { apis } from './apis.ts'
import { type Reply } from './connection.ts'
import { errorCode } from './error-codes.ts'
import { exchangeWithFaults } from './faulty-exchange.ts'
import { frameOf, readRequestHeader } from './request-header.ts'
import { Reader } from './wire/reader.ts'

const apiVersionsKey = 18

const isFlexible = (apiKey: number, version: number): boolean =>
  apis.get(apiKey)?.isFlexible(version) ?? false

type Caller = Omit<RequestContext, 'version' | 'clientId' | 'apis' | 'access'>

/**
 * Answers one frame. What Kafka does not understand, it does not answer: the connection is closed, but for a version of
 * ApiVersions from the future, which gets the list in version 0 (KIP-511).
 */
export async function dispatch(frame: Buffer, caller: Caller): Promise<Reply> {
  const reader = new Reader(frame)
  const { apiKey, apiVersion, correlationId, clientId } = readRequestHeader(reader, isFlexible)
  const api = apis.get(apiKey)
  const admission = caller.login.admit(apiKey)
  if (api === undefined || admission === 'hang-up') return 'hang-up'
  const [lowest, highest] = api.versions
  if (apiVersion < lowest || apiVersion > highest) {
    if (apiKey !== apiVersionsKey) return 'hang-up'
    const reply = api.open(0, reader).refuse(errorCode.UNSUPPORTED_VERSION)
    return answerOf(reply, { correlationId, hasTags: false, isLast: false })
  }
  const exchange = api.open(apiVersion, reader)
  const reply =
    admission === 'refuse'
      ? exchange.refuse(errorCode.ILLEGAL_SASL_STATE)
      : await replyTo(api, exchange, { ...caller, version: apiVersion, clientId })
  // The answer of ApiVersions never has a flexible header: a client that does not know the broker reads it.
  const hasTags = api.isFlexible(apiVersion) && apiKey !== apiVersionsKey
  return answerOf(reply, { correlationId, hasTags, isLast: caller.login.isOver })
}

function answerOf(
  reply: ApiReply,
  {
    correlationId,
    hasTags,
    isLast,
  }: { readonly correlationId: number; readonly hasTags: boolean; readonly isLast: boolean },
): Reply {
  if (reply === undefined) return 'nothing'
  if (reply === 'hang-up') return reply
  return { chunks: frameOf(correlationId, hasTags, reply), isLast }
}

/** Kafka answers a request that its own bug prevents; so do we, and keep the bug for whoever runs the broker. */
async function replyTo(
  { name }: AnyApi,
  exchange: Exchange,
  caller: Omit<RequestContext, 'apis' | 'access'>,
): Promise<ApiReply> {
  const { cluster, login, broker, clientId } = caller
  const access = new Access(login.identity, cluster.denials)
  const context = { ...caller, access, apis: apis.values() }
  const faults = cluster.faultRules.take({
    api: name,
    broker: broker.id,
    clientId,
    isRepeatedLogin: login.isRepeating,
    request: exchange.request,
  })
  try {
    if (faults.length === 0) return await exchange.handle(context)
    return await exchangeWithFaults(exchange, context, faults)
  } catch (error) {
    cluster.internalErrors.add(error)
    return exchange.refuse(errorCode.UNKNOWN_SERVER_ERROR)
  }
}
