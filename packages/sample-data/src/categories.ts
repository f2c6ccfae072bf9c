/** One of the 13 subjects. The posts of a subject stand together: the table is ordered by it. */
export type Category = {
  readonly name: string
  /** Index of its first post in a block of {@link blockPosts}, and the first after it. */
  readonly start: number
  readonly end: number
  readonly nouns: readonly string[]
}

/** The posts of the full table. A longer run goes through the subjects again, with other posters. */
export const blockPosts = 11_154

const starts: readonly [name: string, start: number, nouns: string][] = [
  ['art', 0, 'Painting|Sketch|Drawing|Watercolor|Canvas|Portrait|Sculpture|Art'],
  ['beauty', 894, 'Makeup|Skincare|Hairstyle|Nails|Lipstick|Eyeliner|Glow|Routine'],
  ['christmas', 1638, 'Christmas|Wreath|Ornament|Stocking|Gingerbread|Tree|Garland|Gift'],
  ['diy-and-crafts', 2635, 'Craft|Paper|Knitting|Yarn|Macrame|Candle|Project|Felt'],
  ['education', 3467, 'Classroom|Lesson|Reading|Math|Science|Worksheet|Teacher|School'],
  ['event-planning', 4330, 'Party|Wedding|Birthday|Table|Balloon|Invitation|Shower|Event'],
  ['finance', 5080, 'Budget|Money|Savings|Debt|Income|Investing|Coupon|Finance'],
  ['home-decor', 5865, 'Kitchen|Bedroom|Bathroom|Shelf|Living Room|Curtain|Rug|Home'],
  ['mens-fashion', 6729, 'Outfit|Jacket|Sneakers|Suit|Shirt|Watch|Denim|Style'],
  ['quotes', 7578, 'Quote|Saying|Motivation|Life|Love|Wisdom|Words|Mind'],
  ['tattoos', 8483, 'Tattoo|Sleeve|Ink|Lettering|Blackwork|Linework|Flower|Design'],
  ['travel', 9460, 'Travel|Beach|Road Trip|Hiking|City|Island|Itinerary|Packing List'],
  ['vehicles', 10_314, 'Car|Truck|Motorcycle|Van|Engine|Garage|Bus|Camper'],
]

/** In the order of their posts. */
export const categories: readonly Category[] = starts.map(([name, start, nouns], at) => ({
  name,
  start,
  end: starts[at + 1]?.[1] ?? blockPosts,
  nouns: nouns.split('|'),
}))

/** The subject of a post, by its index. */
export function categoryOf(index: number): Category {
  const position = index % blockPosts
  const category = categories.find(({ end }) => position < end)
  if (category === undefined) throw new RangeError('every position of a block lies in a category')
  return category
}
