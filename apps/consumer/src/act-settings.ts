/** What the commands have in common that change a chain on purpose. */
import { userInfo } from 'node:os'
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { types } from '@pinpipe/service/settings'
import { lakeSettings } from './lake/lake-settings.ts'

const act = 'Act'

export const actSettings = {
  ...kafkaSettings,
  ...lakeSettings,
  topic: {
    flag: 'topic',
    type: types.text({ takes: 'TOPIC' }),
    required: true,
    description: 'The topic',
    group: act,
  },
  reason: {
    flag: 'reason',
    type: types.text({ takes: 'TEXT' }),
    required: true,
    description: 'Why: it is kept in the chain, with your name',
    group: act,
  },
  yes: {
    flag: 'yes',
    type: types.boolean(),
    default: false,
    description: 'Do it; without it the command only says what it would do',
    group: act,
  },
} as const

/** Who acts, as the chain remembers it. */
export function actor(): string {
  return userInfo().username
}
