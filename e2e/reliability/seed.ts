/** `SEED=…` repeats a run's decisions; without it each run draws its own, and a failure names it. */
// oxlint-disable no-restricted-globals -- the one setting of the scenarios
export const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
