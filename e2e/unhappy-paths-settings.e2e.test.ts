/**
 * Settings that are wrong: exit 64 before anything is opened. No server is needed. Long because it is one table.
 */
import { describe, test } from 'vitest'
import type { App } from './run-app.ts'
import { expectProblems, expectUnhappy } from './unhappy-paths.ts'

const secret = 'canary-7b1e64'

/** What, app, arguments, cause, remedy, variables. */
type Row = readonly [
  what: string,
  app: App,
  args: string,
  cause: string,
  remedy: string,
  env?: Record<string, string>,
]

// A broker that refuses: who gets that far ends with 5, not 64.
const broker = '--brokers 127.0.0.1:1'
const consume = `--topics a --group g --lake dir:lake ${broker}`
const generate = '--source generate:1 --out stdout'
const list = `list ${broker}`

const flags: readonly Row[] = [
  [
    'an unknown flag, with the one that was meant',
    'producer',
    `${generate} --max-post 3`,
    'unknown flag --max-post;',
    'did you mean --max-posts?',
  ],
  [
    'an unknown flag of the consumer',
    'consumer',
    `${consume} --max-byte 3`,
    'unknown flag --max-byte;',
    'did you mean --max-bytes?',
  ],
  [
    'an unknown flag that is like no other',
    'topic-admin',
    `${list} --zzz`,
    'unknown flag --zzz',
    '(--help lists all)',
  ],
  [
    'a flag of another command',
    'topic-admin',
    `${list} --partitions 3`,
    '--partitions belongs to the command ',
    ', not to this one',
  ],
  [
    'an unknown variable, with the one that was meant',
    'consumer',
    consume,
    'unknown variable PINPIPE_GROPU;',
    'did you mean PINPIPE_GROUP?',
    { PINPIPE_GROPU: 'x' },
  ],
  [
    'an unknown variable that is like no other',
    'producer',
    generate,
    'unknown variable PINPIPE_WARP',
    '(--help lists all)',
    { PINPIPE_WARP: '9' },
  ],
  [
    'an unknown command',
    'topic-admin',
    'lsit',
    'unknown command "lsit";',
    'did you mean list?; the commands are list, describe, create, alter, delete, apply, kafka-topics',
  ],
  [
    'an unknown command of an app with one',
    'producer',
    'start',
    'unknown command "start"',
    'the only command is run',
  ],
  ['no command', 'topic-admin', '', 'a command is missing:', '(--help says more)'],
  [
    'a flag given twice',
    'producer',
    `${generate} --rate 5/s --rate 6/s`,
    '--rate is given more than once:',
    'give it once',
  ],
]

const values: readonly Row[] = [
  [
    'a bad size',
    'consumer',
    `${consume} --max-bytes 3x`,
    '--max-bytes: "3x" is not a size:',
    'such as 64KiB, 16MiB or 10MB',
  ],
  [
    'a bad duration',
    'consumer',
    `${consume} --max-age 5`,
    '--max-age: "5" is not a duration:',
    'such as 250ms, 30s, 5m, 2h or 7d',
  ],
  [
    'a bad rate',
    'producer',
    `${generate} --rate fast`,
    '--rate: "fast" is not a rate above 0:',
    'write 500/s, 30/m or 0.5/s',
  ],
  [
    'a bad choice',
    'producer',
    `${generate} --mode sideways`,
    '--mode: "sideways" is not',
    'one of sequential, shuffle, random, emulate',
  ],
  [
    'a bad choice in a variable',
    'producer',
    generate,
    'LOG_LEVEL: "loud" is not',
    'one of trace, debug, info, warn, error, fatal, silent',
    { LOG_LEVEL: 'loud' },
  ],
  [
    'a bad number',
    'topic-admin',
    `create a ${broker} --partitions many`,
    '--partitions: "many" is not a whole number:',
    'write it in digits, without a point or a unit',
  ],
  [
    'a number that is too large',
    'producer',
    `${generate} --metrics-port 99999`,
    '--metrics-port: "99999" is too large:',
    'at most 65535',
  ],
  [
    'a bad list',
    'consumer',
    `--topics a,b, --group g --lake dir:lake ${broker}`,
    '--topics: "a,b," has an empty entry:',
    'write a,b without a comma too many',
  ],
  [
    'a bad expression',
    'consumer',
    `--topics-regex ( --group g --lake dir:lake ${broker}`,
    '--topics-regex: "(" is not a regular expression',
    '(unterminated group)',
  ],
  [
    'a bad lake',
    'consumer',
    `--topics a --group g --lake ftp://x ${broker}`,
    '--lake: "ftp://x" is no lake:',
    'write s3://bucket/prefix or dir:<path>',
  ],
  [
    'a bad source',
    'producer',
    '--source ftp://x --out stdout',
    '--source: "ftp://x" is not',
    'mysql://user@host:port/database, generate:<posts> or jsonl:<folder>',
  ],
  [
    'a broker without a port',
    'topic-admin',
    'list --brokers kafka',
    '"kafka" is no broker address:',
    'write host:port',
  ],
  [
    'an empty topic prefix',
    'producer',
    `--source generate:1 --topic-prefix= ${broker}`,
    '--topic-prefix is empty:',
    'give it a value or leave it out',
  ],
  [
    'an empty topic prefix in the environment',
    'consumer',
    `--group g --lake dir:lake ${broker}`,
    'TOPIC_PREFIX is empty:',
    'give it a value or leave it out',
    { TOPIC_PREFIX: '' },
  ],
  [
    'an illegal topic prefix of the producer',
    'producer',
    `--source generate:1 --topic-prefix a/b ${broker}`,
    '--topic-prefix: the topic prefix may hold only letters, digits, _ and -',
    'leave out the dot before the table suffix',
  ],
  [
    'an illegal topic prefix of the consumer',
    'consumer',
    `--topic-prefix a. --group g --lake dir:lake ${broker}`,
    '--topic-prefix: the topic prefix may hold only letters, digits, _ and -',
    'leave out the dot before the table suffix',
  ],
  [
    'an illegal topic prefix of topics apply',
    'topic-admin',
    `apply --topic-prefix a..b ${broker}`,
    '--topic-prefix: the topic prefix may hold only letters, digits, _ and -',
    'leave out the dot before the table suffix',
  ],
  [
    'a bad topic name',
    'topic-admin',
    `create a/b ${broker}`,
    'the topic name "a/b"',
    'may hold only letters, digits, ., _ and -',
  ],
  [
    'a bad topic config',
    'topic-admin',
    `create a ${broker} --config retention.ms=soon`,
    '--config: retention.ms is not a duration:',
    'write a number of milliseconds, or 250ms, 30s, 5m, 2h or 7d',
  ],
]

const contradictions: readonly Row[] = [
  [
    'a list and an expression of topics',
    'consumer',
    `${consume} --topics-regex b`,
    '--topics and --topics-regex contradict each other:',
    'give one of them',
  ],
  [
    'a list and a prefix in the environment',
    'consumer',
    `--group g --lake dir:lake ${broker}`,
    'PINPIPE_TOPICS and TOPIC_PREFIX contradict each other:',
    'give one of them',
    { PINPIPE_TOPICS: 'a', TOPIC_PREFIX: 'b' },
  ],
  [
    '--no-tls with a CA file',
    'topic-admin',
    `${list} --no-tls --tls-ca ca.pem`,
    '--no-tls contradicts --tls-ca:',
    'leave one of them out',
  ],
  [
    '--no-tls with a login',
    'topic-admin',
    `${list} --no-tls --auth plain`,
    '--no-tls cannot go with --auth plain, which is sent over TLS only',
    'write security.protocol=SASL_PLAINTEXT into a client.properties file)',
    { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: secret },
  ],
  [
    'a rate and the pauses of the emulator',
    'producer',
    `${generate} --mode emulate --rate 5/s`,
    '--rate and the pauses of --mode emulate contradict each other:',
    'add --no-sleep',
  ],
  [
    'a buffer that is smaller than a batch',
    'producer',
    `${generate} --buffer-bytes 1KiB`,
    '--buffer-bytes is smaller than --batch-bytes:',
    'a batch would never fill',
  ],
  [
    'a compression level without compression',
    'consumer',
    `${consume} --compression-level 3`,
    '--compression-level needs',
    '--compression gzip or zstd',
  ],
]

const secrets: readonly Row[] = [
  [
    'the Kafka password as a flag',
    'topic-admin',
    `${list} --password ${secret}`,
    '--password is not accepted on the command line:',
    'set the variable KAFKA_PASSWORD instead',
  ],
  [
    'the MySQL password as a flag',
    'producer',
    `${generate} --mysql-password=${secret}`,
    '--mysql-password is not accepted on the command line:',
    'set the variable MYSQL_PASSWORD instead',
  ],
  [
    'a password in a MySQL URL on the command line',
    'producer',
    `--source mysql://u:${secret}@127.0.0.1:1/d --out stdout`,
    '--source holds a password, which everybody on this machine could read:',
    'give it in a variable (MYSQL_URL) instead',
  ],
  [
    'a password in a MySQL URL that is wrong',
    'producer',
    '--out stdout',
    'MYSQL_URL: "mysql://u:[secret]@h" names no database:',
    'write it like mysql://user@host:3306/database',
    { MYSQL_URL: `mysql://u:${secret}@h` },
  ],
]

const notYet: readonly Row[] = [
  [
    'aws-msk-iam without a region',
    'producer',
    `--source generate:1 --topic-prefix p ${broker} --auth aws-msk-iam`,
    "the AWS region is missing, and the brokers' names do not tell it:",
    'give --region (or the variable AWS_REGION)',
  ],
  [
    'msk-iam without a region',
    'consumer',
    `${consume} --auth msk-iam`,
    "the AWS region is missing, and the brokers' names do not tell it:",
    'give --region (or the variable AWS_REGION)',
  ],
]

const tables = { flags, values, contradictions, secrets, 'what is not there yet': notYet }

describe.each(Object.entries(tables))('settings, %s', (_subject, rows) => {
  test.concurrent.for(rows)('%s', async ([, app, args, cause, remedy, env = {}]) => {
    await expectUnhappy({
      app,
      args: args === '' ? [] : args.split(' '),
      env,
      exit: 64,
      cause,
      remedy,
      secrets: [secret],
    })
  })
})

describe('settings, all problems at once', () => {
  test.concurrent('what the producer requires', async () => {
    await expectProblems({
      app: 'producer',
      args: [],
      problems: [
        '--source (or the variable MYSQL_URL) is required: where posts come from',
        '--topic-prefix (or the variable TOPIC_PREFIX) is required: topics are ',
        '--brokers (or the variable KAFKA_BROKERS) is required with --out kafka',
      ],
    })
  })

  test.concurrent('what the consumer requires, and what is wrong beside it', async () => {
    await expectProblems({
      app: 'consumer',
      args: ['--max-bytes', '3x', '--colour', 'red'],
      env: { PINPIPE_WARP: '9' },
      problems: [
        'unknown flag --colour (--help lists all)',
        'one of --topics, --topics-regex, --topic-prefix is required',
        '--group (or the variable PINPIPE_GROUP) is required: the consumer group',
        '--lake (or the variable PINPIPE_LAKE) is required: where the objects are',
        '--max-bytes: "3x" is not a size: ',
        'unknown variable PINPIPE_WARP (--help lists all)',
      ],
    })
  })

  test.concurrent('a login without its user and password', async () => {
    await expectProblems({
      app: 'topic-admin',
      args: ['list', '--brokers', '127.0.0.1:1', '--auth', 'scram-sha-512'],
      problems: [
        '--auth scram-sha-512 needs a user: set the variable KAFKA_USERNAME',
        '--auth scram-sha-512 needs a password: set the variable KAFKA_PASSWORD',
      ],
    })
  })
})
