/** The settings of the lake, for every command that opens one. */
import { lakeType } from './lake.ts'

export const lakeSettings = {
  lake: {
    flag: 'lake',
    env: 'PINPIPE_LAKE',
    type: lakeType,
    required: true,
    description: 'Where the objects are: s3://bucket/prefix or dir:<path>',
    group: 'Lake',
  },
} as const
