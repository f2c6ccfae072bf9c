// Made-up names: every stem with every ending. Sorted, because a person's name is the smallest of several draws.

const firstStems = words(`Ab Ad Al An Bel Ben Bra Cal Cor Cas Da Del Dor Ed El Em Er Fa Fen Gal Gar Hal Hel
  Il Is Ja Jen Jo Ju Ka Kel Ko La Len Lor Ma Mel Mir Na Nor Ol Or Pa Per Ra Ren Ros Sa Sel Tam Tel Ul Va Ver Wil Win Ya Za`)
const firstEndings = words('bert da den el eth lia ina lan lyn na nor ra ric ron sa vin')
const lastStems =
  words(`Ab Al Ar Ash Bar Ber Birch Bran Brook Bur Cal Car Clay Cole Cran Dal Dun East El Fair Fern Fox Gar
  Glen Green Had Hal Hart Hay Hol Kes Lang Lin Lyn Mar Mel Mil Nor North Oak Old Pem Ray Red Row San Sel Stan Thorn Ul Vale Wal
  West Wil Yar`)
const lastEndings = words('bury by dale den er field ford ham land ley man more ner son ton well wick worth')

export const firstNames: readonly string[] = allOf(firstStems, firstEndings)
export const lastNames: readonly string[] = allOf(lastStems, lastEndings)

function allOf(stems: readonly string[], endings: readonly string[]): readonly string[] {
  const names = stems.flatMap((stem) => endings.map((ending) => stem + ending))
  return [...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1))
}

function words(text: string): readonly string[] {
  return text.split(/\s+/)
}
