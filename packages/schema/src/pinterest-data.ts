import { int, text, varchar } from './column.ts'
import { defineTable } from './table.ts'

/** What was posted. */
export const pinterestData = defineTable({
  name: 'pinterest_data',
  topicSuffix: 'pin',
  key: 'index',
  version: 1,
  description: 'What was posted',
  columns: [
    int('index', 'Number of the post, the same in all three tables'),
    varchar('unique_id', 64, 'Identifier of the post, a UUID'),
    text('title', 'Title, or a placeholder'),
    text('description', 'Description, often cut with an ellipsis, or a placeholder'),
    varchar('poster_name', 255, 'Name of the account that posted, or a placeholder'),
    varchar('follower_count', 32, 'Followers of the account as shown: 17, 4k, 2M, or a placeholder'),
    text('tag_list', 'Tags, joined by commas'),
    varchar('is_image_or_video', 64, 'image, video or multi-video(story page format)'),
    varchar('image_src', 2048, 'Address of the picture, or a placeholder'),
    int('downloaded', '1 if the picture was downloaded, else 0'),
    varchar('save_location', 512, 'Where the downloaded picture was put'),
    varchar('category', 64, 'One of the subjects, e.g. art'),
  ],
})
