import { dateTime, int, varchar } from './column.ts'
import { defineTable } from './table.ts'

/** Who posted it. */
export const userData = defineTable({
  name: 'user_data',
  topicSuffix: 'user',
  key: 'ind',
  version: 1,
  description: 'Who posted it',
  columns: [
    int('ind', 'Number of the post, the same in all three tables'),
    varchar('first_name', 255, 'First name of the user'),
    varchar('last_name', 255, 'Last name of the user'),
    int('age', 'Age in years'),
    dateTime('date_joined', 'When the user joined'),
  ],
})
