/** A plan as people and programs see it. The same plan gives the same bytes. */
import { textTable } from '@pinpipe/service/text-table'
import type { Action, Plan } from './plan.ts'

/** One line for each topic: what happens to it, and why not more. */
export function planText(planned: Plan): string {
  const rows = [
    ...planned.actions.map((action) => [action.topic, verbOf(action), detailOf(action)]),
    ...planned.kept.map(({ topic, differences }) => [topic, 'keep', keptDetail(differences)]),
    ...planned.refusals.map(({ topic, reason }) => [topic, 'refuse', reason]),
  ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0))
  const summary =
    planned.refusals.length > 0
      ? 'The plan is refused.'
      : planned.actions.length === 0
        ? 'Nothing to do.'
        : `${planned.actions.length} to do, ${planned.kept.length} to keep.`
  return `${textTable(['TOPIC', 'ACTION', 'DETAIL'], rows)}${summary}\n`
}

/** The plan in JSON and YAML: `actions`, `kept`, `refusals`. */
export function planDocument(planned: Plan): object {
  return { actions: planned.actions, kept: planned.kept, refusals: planned.refusals }
}

function verbOf(action: Action): string {
  return action.kind === 'create' ? 'create' : 'add partitions'
}

function detailOf(action: Action): string {
  if (action.kind === 'add-partitions') return `${action.from} → ${action.to}`
  const { partitions, replicationFactor, configs = {} } = action
  return [
    partitions === undefined ? "brokers' number of partitions" : `${partitions} partitions`,
    replicationFactor === undefined
      ? "brokers' replication factor"
      : `replication factor ${replicationFactor}`,
    ...Object.entries(configs).map(([name, value]) => `${name}=${value}`),
  ].join(', ')
}

function keptDetail(differences: readonly string[]): string {
  return differences.length === 0 ? '' : `left as it is: ${differences.join('; ')}`
}
