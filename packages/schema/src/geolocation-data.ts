import { dateTime, float, int, varchar } from './column.ts'
import { defineTable } from './table.ts'

/** When and where it was posted. */
export const geolocationData = defineTable({
  name: 'geolocation_data',
  topicSuffix: 'geo',
  key: 'ind',
  version: 1,
  description: 'When and where it was posted',
  columns: [
    int('ind', 'Number of the post, the same in all three tables'),
    dateTime('timestamp', 'When the post was made'),
    float('latitude', 'Degrees north of the equator'),
    float('longitude', 'Degrees east of Greenwich'),
    varchar('country', 255, 'Country or territory, in English'),
  ],
})
