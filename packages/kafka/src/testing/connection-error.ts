import { openAdmin } from '../admin.ts'
import { type KafkaConnection } from '../connection.ts'
import { KafkaError } from '../errors.ts'

/** Why there is no connection. @throws Error when there is one */
export async function errorOf(connection: KafkaConnection): Promise<KafkaError> {
  try {
    await using admin = await openAdmin(connection)
    await admin.cluster()
  } catch (error) {
    if (error instanceof KafkaError) return error
    throw error
  }
  throw new Error('it connected')
}
