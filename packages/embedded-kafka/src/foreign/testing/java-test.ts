import { stackTest } from '@pinpipe/local-stack/stack-test'

/** A test of Java programs against the embedded broker: skipped where Java or Kafka's jars are missing. */
export const javaTest = stackTest.extend<{ java: string }>({
  // What runs Apache Kafka runs its tools.
  java: [
    async ({ kafka }, use) => {
      await use(kafka.bootstrapServers)
    },
    { auto: true },
  ],
})
