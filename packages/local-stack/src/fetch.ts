// `stack fetch`: downloads what the servers need into the user's cache folder, so that a later start does not wait.
import { command } from '@pinpipe/service/command'
import { fetchJars } from './maven-jars.ts'
import { fetchVersityGw } from './versitygw.ts'

export const fetchCommand = command({
  name: 'fetch',
  summary: 'download what the servers need (Maven, Go) into the cache folder',
  settings: {},
  examples: ['stack fetch'],
  async run(_settings, context) {
    const fetching = [fetchJars('4.1'), fetchJars('2.8.1'), fetchVersityGw()]
    // All must have ended: a failure must not leave another download half done.
    await Promise.allSettled(fetching)
    for (const path of await Promise.all(fetching)) context.stdout.write(`${path}\n`)
    return 0
  },
})
