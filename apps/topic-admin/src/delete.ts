import { kafkaSettings } from '@pinpipe/kafka/settings'
import { command, type CommandContext } from '@pinpipe/service/command'
import { Failure } from '@pinpipe/service/failure'
import { settingsSpec, types } from '@pinpipe/service/settings'
import { type ClusterAccess, openToRead, openToWrite } from './cluster-access.ts'
import { confirm } from './confirmation.ts'
import { outputSettings, printResult } from './output.ts'
import { checkedNames, refuseReserved } from './topic-names.ts'
import { dryRunSetting } from './topic-settings.ts'
import { failureDocuments, forEachTopic, reportFailures } from './topic-work.ts'

/** `topics delete`: topics and all of their records. The name has to be given twice. */
export function deleteCommand(access: ClusterAccess) {
  return command({
    name: 'delete',
    summary: 'Delete topics with all their records',
    positionals: 'TOPIC…',
    settings: {
      ...settingsSpec({
        yes: {
          flag: 'yes',
          aliases: ['y'],
          type: types.boolean(),
          default: false,
          description: 'Do not ask; needs --confirm-name',
        },
        confirmName: {
          flag: 'confirm-name',
          type: types.list({ takes: 'TOPIC,TOPIC' }),
          description: 'The names of the topics once more, with --yes',
        },
        ifExists: {
          flag: 'if-exists',
          type: types.boolean(),
          default: false,
          description: 'A topic that does not exist is no failure',
        },
      }),
      ...dryRunSetting,
      ...outputSettings,
      ...kafkaSettings,
    },
    examples: ['topics delete old.pin --yes --confirm-name old.pin --brokers localhost:9092'],
    async run(settings, context, positionals) {
      const names = checkedNames(positionals, 'delete')
      refuseReserved(names)
      if (settings.yes && !settings.dryRun) checkConfirmedNames(names, settings.confirmName ?? [])
      const writer = settings.dryRun ? undefined : await openToWrite(access, settings, context)
      const reader = writer ?? (await openToRead(access, settings, context))
      const existing = new Set(await reader.listTopics())
      const missing = names.filter((topic) => !existing.has(topic))
      const items = names
        .filter((topic) => existing.has(topic) || !settings.ifExists)
        .map((topic) => ({ topic }))
      if (!settings.yes && !settings.dryRun) {
        for (const { topic } of items) if (existing.has(topic)) await confirmDeletion(context, topic)
      }
      const work = await forEachTopic(items, context.drain, async ({ topic }) => {
        if (!existing.has(topic))
          throw new Failure('there is no such topic: correct its name, or pass --if-exists')
        await writer?.deleteTopics([topic])
      })
      const verb = settings.dryRun ? 'Would delete' : 'Deleted'
      await printResult(context.stdout, settings.output, {
        document: {
          dryRun: settings.dryRun,
          deleted: work.done,
          missing,
          failures: failureDocuments(work.failures),
        },
        names: work.done,
        text: work.done.map((topic) => `${verb} topic ${topic}.\n`).join(''),
      })
      return await reportFailures(context, work)
    },
  })
}

function checkConfirmedNames(names: readonly string[], confirmed: readonly string[]): void {
  if (names.length === confirmed.length && names.every((name) => confirmed.includes(name))) return
  throw new Failure(
    `nothing was deleted: --yes needs the names once more, as --confirm-name ${names.join(',')}`,
    { exit: 'refused' },
  )
}

async function confirmDeletion(context: CommandContext, topic: string): Promise<void> {
  await confirm(context, {
    question: `This deletes ${topic} and all of its records. Type its name to go on: `,
    expected: topic,
    otherwise: `nothing was deleted: pass --yes --confirm-name ${topic}, or run this on a terminal`,
  })
}
