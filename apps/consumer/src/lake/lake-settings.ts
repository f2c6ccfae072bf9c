/** The settings of the lake, for every command that opens one. */
import { lakeType } from './lake.ts'
import { s3Settings } from './s3-settings.ts'

export const lakeSettings = {
  lake: {
    flag: 'lake',
    env: 'PINPIPE_LAKE',
    type: lakeType,
    required: true,
    description: 'Where the objects are: s3://bucket/prefix or dir:<path>',
    group: 'Lake',
  },
  ...s3Settings,
} as const
