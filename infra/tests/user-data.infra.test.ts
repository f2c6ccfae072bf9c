/**
 * The user data of the Kafka client, as Terraform renders it, run for real on a sandbox machine: first boot, second run, bad
 * checksums, and the deployment of one app.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askOracle } from '@pinpipe/kafka/client-properties-test-helpers'
import { parsePropertiesText } from '@pinpipe/kafka/client-properties-text'
import { readClientProperties } from '@pinpipe/kafka/client-properties'
import { nodeProgram } from '@pinpipe/local-stack/environment'
import { mustRun, runProgram } from '@pinpipe/local-stack/run-program'
import { test as base, expect } from 'vitest'
import { applyModule } from './apply-module.ts'
import { describeTerraform } from './describe-terraform.ts'
import { orSkip } from './or-skip.ts'
import { SandboxMachine, needSandbox } from './sandbox-machine.ts'
import {
  type App,
  archiveOf,
  archiveUrls,
  authoritiesUrl,
  jarUrl,
  kafkaUrl,
  smallDownloads,
} from './small-downloads.ts'
import { type TerraformState } from './terraform-messages.ts'
import { infraFolder } from './terraform.ts'

const root = join(infraFolder, '..')
const clientProperties = 'opt/kafka_2.12-2.8.1/bin/client.properties'
const parameter = 'arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql-password'
const apps: readonly App[] = ['topic-admin', 'consumer', 'producer']
const roles = 'arn:aws:iam::111122223333:role'
const brokers = [1, 2].map((n) => `b-${n}.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098`).join(',')
const downloads = smallDownloads()

// All that user data can hold; Terraform is told the checksums of the small downloads.
const variables = {
  vpc_id: 'vpc-0a1b2c3d4e5f60718',
  subnet_id: 'subnet-0a1b2c3d4e5f60718',
  cluster_security_group_id: 'sg-0c1c2c3c4c5c6c7c8',
  bootstrap_servers: brokers,
  topic_prefix: '0af8d0adfd13',
  role_arns: Object.fromEntries([...apps, 'read-only'].map((name) => [name, `${roles}/pinpipe-${name}`])),
  external_id: 'pinpipe/2026',
  kafka_archive_sha512: digestOf(kafkaUrl),
  msk_iam_auth_jar_sha256: digestOf(jarUrl),
  mysql: { cidr: '10.0.3.17/32', tls_ca: { url: authoritiesUrl, sha256: digestOf(authoritiesUrl) } },
  mysql_password_parameter_arn: parameter,
  lake: 's3://pinpipe-111122223333/pinpipe',
  apps: {
    'topic-admin': appVariable('topic-admin', {}),
    consumer: appVariable('consumer', { PINPIPE_MAX_AGE: '1m', PINPIPE_COMPRESSION: 'gzip' }),
    producer: appVariable('producer', { MYSQL_URL: 'mysql://reader@10.0.3.17:3306/pinterest_data' }),
  },
}

let applied: Promise<TerraformState> | undefined

async function kafkaClient(): Promise<TerraformState> {
  applied ??= applyModule({ module: 'kafka-client', variables })
  return await applied
}

async function userData(): Promise<string> {
  return (await kafkaClient()).text('user_data')
}

function appVariable(app: App, settings: Readonly<Record<string, string>>) {
  const archive = archiveUrls[app]
  return { archive, sha256: digestOf(archive), settings }
}

/** As whoever publishes it states it. */
function digestOf(address: string, content = contentOf(address)): string {
  return createHash(address === kafkaUrl ? 'sha512' : 'sha256')
    .update(content)
    .digest('hex')
}

function contentOf(address: string): Buffer {
  const content = downloads.get(address)
  if (content === undefined) throw new Error(`Nothing small is there for ${address}.`)
  return content
}

/** `machine` has been switched on: what it downloads is there, and user-data.sh has not run yet. */
const test = base.extend<{ machine: SandboxMachine }>({
  machine: async ({ skip }, use) => {
    await orSkip(skip, needSandbox)
    const machine = new SandboxMachine()
    for (const [address, content] of downloads) machine.serve(address, content)
    machine.write('stubs/parameter', 'correct horse\n')
    machine.write('user-data.sh', await userData())
    await use(machine)
    machine.remove()
  },
})

const boot = ['bash', '/user-data.sh']

/** What was downloaded, in order. */
function downloadsIn(calls: readonly string[]): readonly string[] {
  return calls.flatMap((call) => /(?:^curl| s3 cp) .*?((?:https|s3):\/\/\S+)/.exec(call)?.[1] ?? [])
}

function systemctlIn(calls: readonly string[]): readonly string[] {
  return calls.filter((call) => call.startsWith('systemctl '))
}

function ofOtherApps([path]: [string, string]): boolean {
  return /(producer|consumer)/.test(path)
}

function started(app: App): readonly string[] {
  return [
    'systemctl daemon-reload',
    `systemctl enable pinpipe-${app}.service`,
    `systemctl restart pinpipe-${app}.service`,
  ]
}

describeTerraform('the user data', () => {
  test('is a script that bash can read, of plain ASCII, and of a size that EC2 takes', async ({
    machine,
  }) => {
    const script = await userData()
    expect(script).toMatch(/^#!\/bin\/bash\n[\n -~]*$/)
    expect(script.length).toBeLessThan(16_384)
    expect(await machine.run('bash', '-n', '/user-data.sh')).toMatchObject({ code: 0, stderr: '' })
  })

  test.for(['user-data.sh', 'pinpipe-fetch.sh', 'pinpipe-deploy.sh'])(
    'shellcheck has nothing to say about %s',
    async (name, { skip }) => {
      const program = await orSkip(skip, async () => {
        const { code } = await runProgram('shellcheck', ['--version'])
        if (code !== 0) throw new Error('no shellcheck on the PATH (Debian: apt-get install shellcheck)')
        return 'shellcheck'
      })
      const script =
        name === 'user-data.sh'
          ? await userData()
          : readFileSync(join(infraFolder, 'modules/kafka-client', name), 'utf8')
      const outcome = await runProgram(program, ['--shell=bash', '-'], { input: script })
      expect(outcome).toEqual({ stdout: '', stderr: '', code: 0 })
    },
  )

  test('makes nothing that holds a private key: this is all there is', async () => {
    const { resources } = await kafkaClient()
    const made = resources.filter(({ mode }) => mode === 'managed').map(({ type }) => type)
    expect([...new Set(made)].toSorted()).toEqual([
      'aws_iam_instance_profile',
      'aws_iam_role',
      'aws_iam_role_policy',
      'aws_iam_role_policy_attachment',
      'aws_instance',
      'aws_security_group',
      'aws_vpc_security_group_egress_rule',
      'aws_vpc_security_group_ingress_rule',
    ])
  })
})

describeTerraform('the first boot', () => {
  test('installs Java, Node, Kafka with the login module, and each app with its unit', async ({
    machine,
  }) => {
    const { code, stderr, calls } = await machine.run(...boot)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(calls.filter((call) => call.startsWith('dnf'))).toEqual([
      'dnf install --assumeyes --quiet java-11-amazon-corretto-headless nodejs24',
    ])
    expect(downloadsIn(calls)).toEqual([...downloads.keys()])
    expect(systemctlIn(calls)).toEqual(apps.flatMap(started))

    expect(machine.read('opt/kafka_2.12-2.8.1/bin/kafka-topics.sh')).toBe('#!/bin/bash\n')
    expect(machine.read('opt/kafka_2.12-2.8.1/libs/aws-msk-iam-auth-2.3.4-all.jar')).toBe('login module\n')
    const tree = machine.tree()
    for (const app of apps) {
      const release = `opt/pinpipe/releases/${app}-${digestOf(archiveUrls[app])}`
      expect(tree[`opt/pinpipe/${app}`]).toMatch(new RegExp(`^120777 0:0 .* /${release}$`))
      expect(machine.read(`${release}/${app}.js`)).toBe('// 1.2.3\n')
      expect(machine.read(`etc/systemd/system/pinpipe-${app}.service`)).toBe(`# ${app}\n`)
    }
    expect(Object.keys(tree).filter((path) => /\.new$|\.part$|^var\/tmp\/./.test(path))).toEqual([])
  })

  test('lets root and ec2-user read client.properties, and a shell find the brokers and the tools', async ({
    machine,
  }) => {
    await machine.run(...boot)
    expect(machine.tree()[clientProperties]).toMatch(/^100640 0:1000 /)
    const { stdout } = await machine.run(
      'bash',
      '-c',
      '. /etc/profile.d/pinpipe.sh; echo "$BOOTSTRAP_SERVER"; echo "$PATH"',
    )
    expect(stdout).toBe(`${brokers}\n/opt/kafka_2.12-2.8.1/bin:/stubs:/usr/local/bin:/usr/sbin:/usr/bin\n`)
  })

  test('writes a client.properties that pinpipe understands', async ({ machine }) => {
    await machine.run(...boot)
    const { security, ignored, notes } = await readClientProperties(join(machine.root, clientProperties))
    expect(ignored).toEqual([])
    // It says nothing of other credentials, which the Java library must not fall back to.
    expect(notes).toEqual([])
    expect(security).toEqual({
      protocol: 'SASL_SSL',
      tls: {},
      login: {
        auth: 'aws-msk-iam',
        iam: {
          roleArn: 'arn:aws:iam::111122223333:role/pinpipe-topic-admin',
          roleSessionName: 'pinpipe-topic-admin',
          roleExternalId: 'pinpipe/2026',
          stsRegion: 'eu-west-1',
        },
      },
    })
  })

  test('writes a client.properties that java.util.Properties reads alike', async ({ machine, skip }) => {
    await orSkip(skip, async () => await mustRun('java', ['-version']))
    await machine.run(...boot)
    const file = readFileSync(join(machine.root, clientProperties))
    const answer = await askOracle('PropertiesOracle', [file])
    const pairs = Array.from({ length: answer.int() }, () => [answer.text(), answer.text()])
    expect(pairs).toHaveLength(4)
    expect(pairs).toEqual([...parsePropertiesText(file)].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })

  test('gives each app settings that it knows, and asks for its secrets and archive in its own role', async ({
    machine,
  }) => {
    const { calls } = await machine.run(...boot)
    for (const app of apps) {
      // oxlint-disable-next-line no-await-in-loop -- three short programs, one after the other
      const known = await variablesOf(app)
      const environment = machine.read(`etc/pinpipe/${app}.env`).trimEnd().split('\n')
      const names = environment.map((line) => line.split('=', 1)[0] ?? '')
      // AWS_CONFIG_FILE is the AWS SDK's own.
      expect(names.filter((name) => !known.has(name))).toEqual(['AWS_CONFIG_FILE'])
      expect(environment).toContain(`AWS_PROFILE="${app}"`)
      expect(machine.tree()[`etc/pinpipe/${app}.env`]).toMatch(/^100640 0:0 /)
    }
    expect(machine.read('etc/pinpipe/producer.env')).toContain('\nMYSQL_TLS_CA="/etc/pinpipe/mysql-ca.pem"\n')
    expect(calls.filter((call) => call.startsWith('aws'))).toEqual([
      expect.stringMatching(`^aws as consumer: s3 cp --only-show-errors ${archiveUrls.consumer} `),
      `aws as producer: ssm get-parameter --with-decryption --name ${parameter} --query Parameter.Value --output text`,
      expect.stringMatching(`^aws as producer: s3 cp --only-show-errors ${archiveUrls.producer} `),
    ])
  })

  test('keeps the password in the file of the producer alone, whatever characters it has', async ({
    machine,
  }) => {
    const password = 'p"a$s`\\ \'w%#=é'
    machine.write('stubs/parameter', `${password}\n`)
    await machine.run(...boot)
    // Between double quotes a shell undoes the same four escapes as systemd does in an EnvironmentFile.
    const { stdout } = await machine.run(
      'bash',
      '-c',
      '. /etc/pinpipe/producer.env; printf %s "$MYSQL_PASSWORD"',
    )
    expect(stdout).toBe(password)
    const { stdout: holders } = await machine.run('grep', '-rl', '--', '#=é', '/etc', '/opt', '/var', '/run')
    expect(holders).toBe('/etc/pinpipe/producer.env\n')
  })
})

describeTerraform('a second run', () => {
  test('downloads nothing, starts nothing and changes no file, not even a time', async ({ machine }) => {
    await machine.run(...boot)
    const before = machine.tree()
    const { code, calls } = await machine.run(...boot)
    expect(code).toBe(0)
    // The password may have changed, so that is looked up.
    expect(calls.map((call) => call.split(' --', 1)[0])).toEqual([
      'rpm',
      'aws as producer: ssm get-parameter',
    ])
    const { 'var/tmp': _, ...after } = machine.tree()
    expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([path]) => path !== 'var/tmp')))
    expect(Object.keys(after).length).toBeGreaterThan(30)
  })

  test('repairs what was changed by hand, and nothing else', async ({ machine }) => {
    await machine.run(...boot)
    const before = machine.tree()
    machine.write('etc/profile.d/pinpipe.sh', 'export BOOTSTRAP_SERVER=elsewhere\n')
    await machine.run(...boot)
    const after = machine.tree()
    const differing = Object.keys(before).filter((path) => before[path] !== after[path])
    expect(differing.filter((path) => path.startsWith('etc/') && !path.endsWith('.d'))).toEqual([
      'etc/profile.d/pinpipe.sh',
    ])
    expect(machine.read('etc/profile.d/pinpipe.sh')).toContain("BOOTSTRAP_SERVER='b-1.pinpipe")
  })

  test('clears away what a run left that was killed while it unpacked', async ({ machine }) => {
    const release = `opt/pinpipe/releases/consumer-${digestOf(archiveUrls.consumer)}`
    machine.write('opt/kafka_2.12-2.8.1.new/libs/half.jar', 'half')
    machine.write(`${release}.new/half.js`, 'half')
    expect(await machine.run(...boot)).toMatchObject({ code: 0, stderr: '' })
    const paths = Object.keys(machine.tree())
    expect(paths.filter((path) => /half|\.new$/.test(path))).toEqual([])
    expect(paths).toContain(`${release}/consumer.js`)
  })
})

describeTerraform('a download with a wrong checksum', () => {
  test.for<[string, string, RegExp]>([
    ['Kafka', kafkaUrl, /^opt\/./],
    ['the login module', jarUrl, /^opt\/./],
    ["the authorities of MySQL's certificate", authoritiesUrl, /^etc\/pinpipe\/mysql-ca/],
    ['topic-admin', archiveUrls['topic-admin'], /topic-admin(?!\.settings)/],
    ['the consumer', archiveUrls.consumer, /opt\/.*consumer|consumer\.(env|service)/],
    ['the producer', archiveUrls.producer, /opt\/.*producer|producer\.(env|service)/],
  ])('%s: stops before anything of it is unpacked', async ([, address, leftovers], { machine }) => {
    const right = contentOf(address)
    // Still an archive that could be unpacked: what follows its end is ignored by tar and gzip alike.
    const wrong = Buffer.concat([right, Buffer.alloc(512)])
    machine.serve(address, wrong)
    const { code, stderr, calls } = await machine.run(...boot)
    expect(downloadsIn(calls).at(-1)).toBe(address)
    expect(code).toBe(1)
    const [found, wanted] = [digestOf(address, wrong), digestOf(address)]
    expect(stderr).toBe(
      `pinpipe-fetch: ${address} has the checksum ${found}, not ${wanted}: nothing of it was unpacked. Ask its publisher for the right one, then correct the checksum or the address.\n`,
    )
    expect(
      Object.keys(machine.tree()).filter((path) => leftovers.test(path) || /^var\/tmp\/./.test(path)),
    ).toEqual([])

    machine.serve(address, right)
    expect(await machine.run(...boot)).toMatchObject({ code: 0, stderr: '' })
    expect(Object.keys(machine.tree()).some((path) => leftovers.test(path))).toBe(true)
  })
})

describeTerraform('pinpipe-deploy', () => {
  const other = archiveOf({ 'topic-admin.js': '// 1.2.4\n', 'pinpipe-topic-admin.service': '# newer\n' })
  const address = 'https://example.com/topic-admin-1.2.4.tgz'
  const deploy = ['/usr/local/bin/pinpipe-deploy', 'topic-admin', address, digestOf(address, other)]

  test('runs what `pnpm package-app` made', async ({ machine }) => {
    const folder = join(machine.root, 'stubs')
    const args = ['--import', 'tsx', 'scripts/package-app.ts', 'topic-admin', '--to', folder]
    const { archive, sha256: digest }: { archive: string; sha256: string } = JSON.parse(
      await mustRun(nodeProgram, args, { cwd: root }),
    )
    await machine.run(...boot)
    machine.serve('s3://bucket/releases/topic-admin/topic-admin-0.0.0.tgz', readFileSync(archive))
    const { code, calls } = await machine.run(
      '/usr/local/bin/pinpipe-deploy',
      'topic-admin',
      's3://bucket/releases/topic-admin/topic-admin-0.0.0.tgz',
      digest,
    )
    expect(code).toBe(0)
    expect(systemctlIn(calls)).toEqual(started('topic-admin'))

    const { stdout: release } = await machine.run('readlink', '/opt/pinpipe/topic-admin')
    const program = join(machine.root, release.trim(), 'topic-admin.js')
    expect(await mustRun(nodeProgram, [program, '--version'])).toBe('topics 0.0.0\n')
    const unit = 'pinpipe-topic-admin.service'
    expect(machine.read(`etc/systemd/system/${unit}`)).toBe(
      readFileSync(join(root, 'apps/topic-admin', unit), 'utf8'),
    )
  })

  test('replaces one app, leaves the others alone, and keeps no old release', async ({ machine }) => {
    await machine.run(...boot)
    const before = machine.tree()
    machine.serve(address, other)
    expect(await machine.run(...deploy)).toMatchObject({
      code: 0,
      stdout: `pinpipe-deploy: topic-admin runs from ${address}.\n`,
    })
    const after = machine.tree()
    expect(machine.read('etc/systemd/system/pinpipe-topic-admin.service')).toBe('# newer\n')
    expect(
      Object.keys(after).filter((path) => /releases\/[^/]+$/.test(path) && path.includes('topic-admin')),
    ).toEqual([`opt/pinpipe/releases/topic-admin-${digestOf(address, other)}`])
    expect(Object.entries(after).filter(ofOtherApps)).toEqual(Object.entries(before).filter(ofOtherApps))
  })

  test('does nothing for an archive that runs already', async ({ machine }) => {
    await machine.run(...boot)
    machine.serve(address, other)
    await machine.run(...deploy)
    const before = machine.tree()
    const { code, stdout, calls } = await machine.run(...deploy)
    expect({ code, stdout, calls }).toEqual({
      code: 0,
      stdout: 'pinpipe-deploy: topic-admin has this archive and these settings already.\n',
      calls: [],
    })
    const { 'var/tmp': _, ...after } = machine.tree()
    expect(before).toMatchObject(after)
  })

  test('starts the producer anew with a password that was changed, from the same archive', async ({
    machine,
  }) => {
    await machine.run(...boot)
    machine.write('stubs/parameter', 'battery staple\n')
    const producer = archiveUrls.producer
    const { code, calls } = await machine.run(
      '/usr/local/bin/pinpipe-deploy',
      'producer',
      producer,
      digestOf(producer),
    )
    expect(code).toBe(0)
    expect(downloadsIn(calls)).toEqual([])
    expect(systemctlIn(calls)).toEqual(started('producer'))
    expect(machine.read('etc/pinpipe/producer.env')).toContain('MYSQL_PASSWORD="battery staple"\n')
  })

  test.for(['enable', 'restart'])(
    'makes up for a run that was cut short by a failing %s',
    async (verb, { machine }) => {
      await machine.run(...boot)
      machine.serve(address, other)
      machine.write(`stubs/systemctl-${verb}-fails`, '')
      const failed = await machine.run(...deploy)
      expect(failed.code).toBe(1)
      expect(failed.calls.at(-1)).toBe(`systemctl ${verb} pinpipe-topic-admin.service`)
      await machine.run('rm', `/stubs/systemctl-${verb}-fails`)
      const { code, calls } = await machine.run(...deploy)
      expect(code).toBe(0)
      expect(calls).toEqual(started('topic-admin'))
    },
  )

  test('goes back to the release that ran before one that does not start', async ({ machine }) => {
    await machine.run(...boot)
    machine.serve(address, other)
    machine.write('stubs/systemctl-restart-fails', '')
    expect((await machine.run(...deploy)).code).toBe(1)
    await machine.run('rm', '/stubs/systemctl-restart-fails')
    const first = archiveUrls['topic-admin']
    const { code, calls } = await machine.run(...deploy.slice(0, 2), first, digestOf(first))
    expect(code).toBe(0)
    expect(calls).toEqual(started('topic-admin'))
    expect(machine.read('etc/systemd/system/pinpipe-topic-admin.service')).toBe('# topic-admin\n')
  })

  test('makes up for a restart that failed after only the password was changed', async ({ machine }) => {
    await machine.run(...boot)
    machine.write('stubs/parameter', 'battery staple\n')
    machine.write('stubs/systemctl-restart-fails', '')
    const again = [
      '/usr/local/bin/pinpipe-deploy',
      'producer',
      archiveUrls.producer,
      digestOf(archiveUrls.producer),
    ]
    expect((await machine.run(...again)).code).toBe(1)
    await machine.run('rm', '/stubs/systemctl-restart-fails')
    const { code, calls } = await machine.run(...again)
    expect(code).toBe(0)
    expect(systemctlIn(calls)).toEqual(started('producer'))
  })

  test('refuses an archive that is not of this app, and the old release stays', async ({ machine }) => {
    await machine.run(...boot)
    const unfinished = archiveOf({ 'topic-admin.js': '// no unit\n' })
    const digest = digestOf(address, unfinished)
    machine.serve(address, unfinished)
    const before = machine.tree()
    const { code, stderr, calls } = await machine.run(...deploy.slice(0, 3), digest)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `pinpipe-deploy: ${address} holds no pinpipe-topic-admin.service: make the archive with \`pnpm package-app topic-admin\`.\n`,
    })
    expect(systemctlIn(calls)).toEqual([])
    const { 'var/tmp': _, 'opt/pinpipe/releases': __, ...after } = machine.tree()
    expect(before).toMatchObject(after)
    expect(Object.keys(before)).toHaveLength(Object.keys(machine.tree()).length)
  })

  test.for<[string, readonly string[], number, string]>([
    ['no arguments', [], 64, 'Name the app, its archive and the SHA-256 of the archive'],
    [
      'another app',
      ['worker', address, digestOf(address, other)],
      64,
      'There is no app worker: name producer',
    ],
    [
      'http://',
      ['producer', 'http://example.com/a.tgz', digestOf(address, other)],
      64,
      'give one that begins with https://',
    ],
    [
      'half a checksum',
      ['producer', address, 'abc'],
      64,
      'abc is no SHA-256: give the 64 hexadecimal digits',
    ],
    [
      'an app without settings',
      ['producer', address, digestOf(address, other)],
      1,
      '/etc/pinpipe/producer.settings is missing',
    ],
  ])('refuses %s with a sentence', async ([, args, exitCode, sentence], { machine }) => {
    await machine.run(...boot)
    await machine.run('rm', '/etc/pinpipe/producer.settings')
    const { code, stderr, calls } = await machine.run('/usr/local/bin/pinpipe-deploy', ...args)
    expect(code).toBe(exitCode)
    expect(stderr).toMatch(/^pinpipe-deploy: .*\.\n$/)
    expect(stderr).toContain(sentence)
    expect(calls).toEqual([])
  })
})

/** The variables that the built app lists with --help. */
async function variablesOf(app: App): Promise<ReadonlySet<string>> {
  const program = join(root, 'apps', app, 'dist', `${app}.js`)
  const help = await mustRun(nodeProgram, [program, ...(app === 'topic-admin' ? ['apply'] : []), '--help'])
  const found = help.matchAll(/variable\s+([A-Z_]+)|^ +([A-Z_]+) \(variable only\)/gm)
  return new Set([...found].map(([, named, alone]) => named ?? alone ?? ''))
}
