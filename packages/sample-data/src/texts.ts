import type { Category } from './categories.ts'
import type { Draws } from './draws.ts'

// Sentences of our own words, as long and as dirty as the real ones.

const adjectives =
  list(`Easy|Cozy|Simple|Modern|Rustic|Vintage|Bold|Cheap|Creative|Gorgeous|Minimal|Bright|Handmade|Classic|Tiny
Festive|Elegant|Practical|Stunning|Little|Free|Printable|Colorful|Unique|Quick|Natural|Budget|Best|New|Perfect`)
const nouns =
  list(`Ideas|Tips|Guide|Inspiration|Tutorial|Trends|Hacks|Designs|Secrets|Looks|Projects|Steps|Lessons|Favorites
Patterns|Checklist|Examples|Styles|Tricks|Basics`)
const links = list(
  `for|and|with|to Try|in|That Work for|You Will Love for|from|on a Budget for|without|Made for|Before`,
)
const small = list(`the|a|your|our|this|every|one|some|more|any`)
const verbs = list(
  `make|find|see|try|love|learn|save|build|plan|share|use|enjoy|start|keep|choose|read|discover|bring`,
)
const sentenceEnds = list('. |. |. |! |, |, |: |? ')

const accented = list(
  `Café|Crème|Décor|Naïve|Über|Jalapeño|Señorita|Façade|Pâte|Smörgås|Résumé|Voilà|Mañana|Ménage`,
)
const typography = list(
  `Don’t|“Wow”|It’s|— Part 2|– Free|You’ll|‘New’|… and More|• Tips •|Brand™|Brand®|½ Price|5€|20°C`,
)
const otherScripts =
  list(`Новые идеи для дома|Красивые рисунки|Νέες ιδέες για το σπίτι|Güzel ev fikirleri ışık|簡単なアイデア|집 꾸미기
أفكار جديدة|रंग और कला|Як зробити самому|✨ Ideas ✨|❤️ Love ❤️`)
const fourByte = list(`🦊|🌈|🎨|😀|🏡|🎄|🧶|💍|𝓛𝓸𝓿𝓮|𝒜𝓇𝓉|👩🏽‍🎨|🚗💨`)

/** Lengths at the shares 0, 1, 5, 25, 50, 75, 95, 99 and 100 % of the real texts; between them in a straight line. */
const shares = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
const titleLengths = [2, 9, 16, 34, 50, 64, 94, 138, 199]
const descriptionLengths = [3, 12, 26, 81, 128, 148, 166, 178, 201]
const tagListLengths = [70, 98, 117, 137, 153, 171, 201, 225, 254]

/** A title of the category: at most 199 characters, one in 2000 empty. */
export function titleOf(draws: Draws, category: Category): string {
  if (draws.chance(0.0005)) return ''
  return soil(draws, headline(draws, category, lengthFrom(draws, titleLengths)), 0.099)
}

/** A description of the category: at most 201 characters. */
export function descriptionOf(draws: Draws, category: Category): string {
  // Two in five are cut by the site: an ellipsis and a no-break space end them.
  if (draws.chance(0.401))
    return `${soil(draws, prose(draws, category, 185), 0.12, true)
      .slice(0, 175 + draws.below(3))
      .toWellFormed()
      .replaceAll('\ufffd', ' ')}…\u00a0`
  return soil(draws, prose(draws, category, lengthFrom(draws, descriptionLengths)), 0.12, true)
}

/** Nine tags of the category with commas between them: at most 254 characters, so that the last may be cut. */
export function tagListOf(draws: Draws, category: Category): string {
  const length = lengthFrom(draws, tagListLengths)
  const tags: string[] = []
  let sum = 0
  for (let left = 9; left > 0; left--) {
    const tag = tagOf(draws, category, (length - sum) / left - 1)
    tags.push(tag)
    sum += tag.length + 1
  }
  if (draws.chance(0.008)) tags[draws.below(9)] = draws.pick(accented)
  return tags.join(',').slice(0, 254).trimEnd()
}

/** What stands around a poster's own name. The number of code units is limited so that no name is longer than 114. */
export function posterNameOf(draws: Draws, own: string, person: string): string {
  const kind = draws.fraction()
  let name = own
  if (kind < 0.3) name = `${person} ${own}`
  else if (kind < 0.55) name = `${own} ${draws.pick(adjectives)} ${draws.pick(nouns)}`
  else if (kind < 0.66) name = `The ${draws.pick(adjectives)} ${own}`
  else if (kind < 0.72) name = `${own.toLowerCase()}.com`
  else if (kind < 0.8) name = `${own} | ${listOfThings(draws, 12 + draws.below(20))}`
  else if (kind < 0.939) name = `${own} | ${listOfThings(draws, 40 + draws.below(20))}`
  else if (kind < 0.944) name = `${own} | ${listOfThings(draws, 104)}`
  if (draws.chance(0.028)) name += ` ${draws.pick(draws.chance(0.12) ? fourByte : accented)}`
  if (draws.chance(0.01)) name = name.replace(' ', '  ')
  if (draws.chance(0.019)) name = draws.chance(0.05) ? ` ${name}` : `${name} `
  return name.slice(0, 114).toWellFormed().replaceAll('\ufffd', ' ')
}

/** A length drawn from a list of lengths at {@link shares}. */
function lengthFrom(draws: Draws, lengths: readonly number[]): number {
  const at = draws.fraction()
  const upper = Math.max(
    1,
    shares.findIndex((share) => at < share),
  )
  const [low, high] = [shares[upper - 1] ?? 0, shares[upper] ?? 1]
  const [short, long] = [lengths[upper - 1] ?? 0, lengths[upper] ?? 0]
  // A text ends with a word: half a word more makes up for what is cut.
  return Math.min(Math.round(short + ((at - low) / (high - low)) * (long - short)) + 3, lengths.at(-1) ?? 0)
}

function headline(draws: Draws, category: Category, length: number): string {
  let text = length > 40 && draws.chance(0.3) ? `${3 + draws.below(60)} ` : ''
  while (text.length < length) {
    text += `${draws.pick(adjectives)} ${draws.pick(category.nouns)} ${draws.pick(nouns)} ${draws.pick(links)} `
  }
  return cut(text, length)
}

function prose(draws: Draws, category: Category, length: number): string {
  let text = ''
  while (text.length < length) {
    text += `${draws.pick(adjectives)} ${draws.pick(category.nouns).toLowerCase()} ${draws.pick(nouns).toLowerCase()} to ${draws.pick(verbs)} ${draws.pick(small)} ${draws.pick(category.nouns).toLowerCase()}${draws.pick(sentenceEnds)}`
  }
  return cut(text, length)
}

function listOfThings(draws: Draws, length: number): string {
  let text = ''
  while (text.length < length) text += `${draws.pick(adjectives)} ${draws.pick(nouns)}, `
  return cut(text, length)
}

function tagOf(draws: Draws, category: Category, length: number): string {
  const noun = draws.pick(category.nouns)
  if (length < 9) return noun
  const tag = `${draws.pick(adjectives)} ${noun}`
  if (length < tag.length + 4) return tag
  const longer = `${tag} ${draws.pick(nouns)}`
  return length < longer.length + 5 ? longer : `${longer} ${draws.pick(links)} ${draws.pick(category.nouns)}`
}

/** At most `length` characters, up to the end of a word: blanks at an edge are dirt, and {@link soil} puts them there. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text.trimEnd()
  const space = text.lastIndexOf(' ', length)
  return text.slice(0, space < 1 ? length : space).replace(/[ ,]+$/, '')
}

/** Real text is not clean. `notAscii` is the share of texts that get characters beyond ASCII; the length stays the same or shrinks. */
function soil(draws: Draws, text: string, notAscii: number, isDescription = false): string {
  const luck = draws.fraction()
  if (luck < notAscii) return withForeign(draws, text, luck / notAscii)
  if (isDescription) return luck > 0.975 ? quoted(text) : text
  if (luck > 0.983) return text.replace(' ', '  ').slice(0, text.length).trimEnd()
  if (luck > 0.981) return text.replace(/ (?=\S*$)/, '\n')
  if (luck > 0.979) return `${text.slice(0, -1).trimEnd()} `
  return luck > 0.969 ? quoted(text) : text
}

function quoted(text: string): string {
  return text.replace(/\w+$/, (word) => `"${word.slice(0, -2)}"`)
}

function withForeign(draws: Draws, text: string, kind: number): string {
  if (kind < 0.03) return text.replace(' ', '\u00a0')
  const foreign = draws.pick(
    kind < 0.1 ? fourByte : kind < 0.22 ? otherScripts : kind < 0.55 ? accented : typography,
  )
  return foreign.length >= text.length
    ? foreign.slice(0, text.length).toWellFormed().replaceAll('\ufffd', '?') || foreign
    : `${foreign} ${text}`.slice(0, text.length).trimEnd()
}

function list(text: string): readonly string[] {
  return text.split(/[|\n]/)
}
