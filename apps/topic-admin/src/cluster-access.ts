/** How commands reach a cluster. Whoever must not change it gets a client that cannot. */
import { type ClusterAdmin, openAdmin, openReadOnlyAdmin, type ReadOnlyAdmin } from '@pinpipe/kafka/admin'
import type { KafkaConnection } from '@pinpipe/kafka/connection'
import { connectionOf, type KafkaSettings } from '@pinpipe/kafka/settings'
import type { CommandContext } from '@pinpipe/service/command'

export type ClusterAccess = {
  readonly openAdmin: (connection: KafkaConnection) => Promise<ClusterAdmin>
  readonly openReadOnlyAdmin: (connection: KafkaConnection) => Promise<ReadOnlyAdmin>
}

/** The real thing; tests give commands a cluster of their own. */
export const kafkaAccess: ClusterAccess = { openAdmin, openReadOnlyAdmin }

/** Opens the writing client; it is closed when the command ends. @throws KafkaError, UsageFailure */
export async function openToWrite(
  access: ClusterAccess,
  settings: KafkaSettings,
  context: CommandContext,
): Promise<ClusterAdmin> {
  return await opened(access.openAdmin, settings, context)
}

/** Opens the client without methods that write; it is closed when the command ends. @throws KafkaError, UsageFailure */
export async function openToRead(
  access: ClusterAccess,
  settings: KafkaSettings,
  context: CommandContext,
): Promise<ReadOnlyAdmin> {
  return await opened(access.openReadOnlyAdmin, settings, context)
}

async function opened<T extends AsyncDisposable>(
  open: (connection: KafkaConnection) => Promise<T>,
  settings: KafkaSettings,
  context: CommandContext,
): Promise<T> {
  const admin = await open(await connectionOf(settings, { clientId: 'pinpipe-topics', log: context.log }))
  context.onRelease('the admin client', async () => {
    await admin[Symbol.asyncDispose]()
  })
  return admin
}
