import { expect, test } from 'vitest'
import { inOrder } from './in-order.ts'

test('results come in the order of the items, and no more are under way than allowed', async () => {
  let underWay = 0
  let most = 0
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++underWay)
    for (let i = 0; i < 10 - n; i++) await Promise.resolve()
    underWay--
    return n * 10
  }
  expect(await Array.fromAsync(inOrder([1, 2, 3, 4, 5, 6, 7], 3, work))).toEqual([10, 20, 30, 40, 50, 60, 70])
  expect(most).toBe(3)
})

test('the first failure ends it, and those behind it are no unhandled rejections', async () => {
  await expect(Array.fromAsync(inOrder([1, 2, 3], 3, firstOnly))).rejects.toThrow('no 2')
})

async function firstOnly(n: number): Promise<number> {
  if (n > 1) throw new Error(`no ${n}`)
  return n
}
