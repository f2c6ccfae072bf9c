/** Work on many things at a time, without losing their order or holding many of them. */

/** What `work` makes of each item, in the order of the items; at most `limit` are under way. Rejects with the first failure. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = []
  const next = async (): Promise<R[]> => await Promise.all(underWay.splice(0, 1))
  for await (const item of items) {
    const result = work(item)
    // It is looked at in its turn.
    result.catch(() => undefined)
    underWay.push(result)
    if (underWay.length >= limit) yield* await next()
  }
  while (underWay.length > 0) yield* await next()
}
