// Apache Kafka's jars, fetched once by Maven into the user's cache folder.
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheFolder } from './environment.ts'
import { mustRun } from './run-program.ts'

export type KafkaVersion = '4.1' | '2.8.1'

type JarSet = {
  readonly folder: string
  readonly artifacts: readonly string[]
  /** Without what they depend on. */
  readonly alone?: readonly string[]
}

// Without a binding for SLF4J the broker would write no log at all.
const jarSets: Readonly<Record<KafkaVersion, JarSet>> = {
  '4.1': {
    folder: 'kafka-4.1.0',
    artifacts: [
      'org.apache.kafka:kafka_2.13:4.1.0',
      'org.apache.kafka:kafka-tools:4.1.0',
      'org.apache.logging.log4j:log4j-slf4j-impl:2.24.3',
    ],
  },
  '2.8.1': {
    folder: 'kafka-2.8.1-tools',
    artifacts: [
      'org.apache.kafka:kafka_2.12:2.8.1',
      'software.amazon.msk:aws-msk-iam-auth:2.3.4',
      'org.slf4j:slf4j-simple:1.7.30',
    ],
    // Kafka Connect and a second binding for SLF4J come with it.
    alone: ['org.apache.kafka:kafka-tools:2.8.1'],
  },
}

/** The folder with the jars of a version, whether it is there or not. */
export function jarFolder(version: KafkaVersion): string {
  return join(cacheFolder(), jarSets[version].folder)
}

/** Whether the jars are in the cache. The folder appears only when it is complete. */
export async function hasJars(version: KafkaVersion): Promise<boolean> {
  return await stat(jarFolder(version)).then(
    () => true,
    () => false,
  )
}

/** Fetches the jars unless they are there; returns their folder. @throws Error with Maven's last lines. */
export async function fetchJars(version: KafkaVersion): Promise<string> {
  const folder = jarFolder(version)
  if (await hasJars(version)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const work = await mkdtemp(`${folder}.`)
  try {
    await writeFile(join(work, 'pom.xml'), pomOf(jarSets[version]))
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'
    await mustRun('mvn', [
      '-B',
      '-q',
      '-f',
      join(work, 'pom.xml'),
      goal,
      `-DoutputDirectory=${join(work, 'jars')}`,
    ])
    await writeFile(join(work, 'jars', 'log4j2-server.xml'), log4jOf('info', 'SYSTEM_OUT'))
    await writeFile(join(work, 'jars', 'log4j2-tool.xml'), log4jOf('warn', 'SYSTEM_ERR'))
    // Another run may have been faster: its result is as good.
    await rename(join(work, 'jars'), folder).catch(async (error: unknown) => {
      if (!(await hasJars(version))) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return folder
}

function pomOf({ artifacts, alone = [] }: JarSet): string {
  const nothing =
    '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>'
  const dependencies = [
    ...artifacts.map((artifact) => dependencyOf(artifact)),
    ...alone.map((artifact) => dependencyOf(artifact, nothing)),
  ]
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>pinpipe</groupId><artifactId>jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join('\n')}</dependencies></project>
`
}

function dependencyOf(artifact: string, more = ''): string {
  const [group, name, version] = artifact.split(':')
  return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>${more}</dependency>`
}

function log4jOf(level: 'info' | 'warn', target: 'SYSTEM_OUT' | 'SYSTEM_ERR'): string {
  return `<Configuration status="error">
<Appenders><Console name="console" target="${target}"><PatternLayout pattern="%d %p %m (%c{1})%n"/></Console></Appenders>
<Loggers><Root level="${level}"><AppenderRef ref="console"/></Root></Loggers></Configuration>
`
}
