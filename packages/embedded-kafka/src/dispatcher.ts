/** From a frame to the API that it names, and back: what each connection does with each request. */

import { type Exchange, type Reply as ApiReply, type RequestContext } from './api/api.ts'
import { apis } from './apis.ts'
import { type Reply } from './connection.ts'
import { errorCode } from './error-codes.ts'
import { type ActiveFault } from './fault-rules.ts'
import { exchangeWithFaults } from './faulty-exchange.ts'
import { frameOf, readRequestHeader } from './request-header.ts'
import { Reader } from './wire/reader.ts'

const apiVersionsKey = 18

const isFlexible = (apiKey: number, version: number): boolean =>
  apis.get(apiKey)?.isFlexible(version) ?? false

/**
 * Answers one frame. What Kafka does not understand, it does not answer: the connection is closed, but for a version of
 * ApiVersions from the future, which gets the list in version 0 (KIP-511).
 */
export async function dispatch(
  frame: Buffer,
  caller: Omit<RequestContext, 'version' | 'clientId' | 'apis'>,
): Promise<Reply> {
  const reader = new Reader(frame)
  const { apiKey, apiVersion, correlationId, clientId } = readRequestHeader(reader, isFlexible)
  const api = apis.get(apiKey)
  if (api === undefined) return 'hang-up'
  const [lowest, highest] = api.versions
  if (apiVersion < lowest || apiVersion > highest) {
    if (apiKey !== apiVersionsKey) return 'hang-up'
    const reply = api.open(0, reader).refuse(errorCode.UNSUPPORTED_VERSION)
    return typeof reply === 'function' ? frameOf(correlationId, false, reply) : 'hang-up'
  }
  const context = { ...caller, apis: apis.values(), version: apiVersion, clientId }
  const exchange = api.open(apiVersion, reader)
  const faults = caller.cluster.faultRules.take({
    api: api.name,
    broker: caller.broker.id,
    clientId,
    request: exchange.request,
  })
  const reply = await replyTo(exchange, context, faults)
  if (reply === undefined) return 'nothing'
  if (reply === 'hang-up') return reply
  // The answer of ApiVersions never has a flexible header: a client that does not know the broker reads it.
  return frameOf(correlationId, api.isFlexible(apiVersion) && apiKey !== apiVersionsKey, reply)
}

/** Kafka answers a request that its own bug prevents; so do we, and keep the bug for whoever runs the broker. */
async function replyTo(
  exchange: Exchange,
  context: RequestContext,
  faults: readonly ActiveFault[],
): Promise<ApiReply> {
  try {
    if (faults.length === 0) return await exchange.handle(context)
    return await exchangeWithFaults(exchange, context, faults)
  } catch (error) {
    context.cluster.internalErrors.add(error)
    return exchange.refuse(errorCode.UNKNOWN_SERVER_ERROR)
  }
}
