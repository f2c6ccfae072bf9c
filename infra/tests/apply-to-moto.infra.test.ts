/**
 * Every example, made and destroyed by the real AWS provider, against servers on this machine that imitate AWS: Moto, and for MSK
 * the control plane beside this file. The provider checks every argument, sends what it would send to AWS, and reads it back.
 *
 * What this does not show: whether AWS would take it (Moto stores policies and evaluates none, and knows no quotas), the
 * arguments that `motoGaps` leaves out, and storage that grows by itself (max_storage_gib), which Moto does not know.
 */
import { createHash } from 'node:crypto'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeTerraform } from './describe-terraform.ts'
import { type Moto, MotoReader, fetchMoto, motoAccount, startMoto } from './moto.ts'
import { type MskControlPlane, startMskControlPlane } from './msk-control-plane.ts'
import { orSkip } from './or-skip.ts'
import { findFaults } from './rendered-documents.ts'
import { TerraformState, readMessages } from './terraform-messages.ts'
import { type Terraform, infraFolder, withTerraform } from './terraform.ts'

/** What Moto cannot do, as overrides in a copy of the modules. */
const motoGaps = `
resource "aws_instance" "client" {
  monitoring                  = false # Moto has no MonitorInstances.
  associate_public_ip_address = null  # Given, the groups come with the network interface, where Moto forgets them.
}
resource "aws_vpc_security_group_egress_rule" "kafka" {
  lifecycle {
    ignore_changes = [description] # Moto forgets it where a rule names a group.
  }
}
resource "aws_vpc_security_group_ingress_rule" "kafka" {
  lifecycle {
    ignore_changes = [description]
  }
}
`
/** Moto has no DeleteNamedQuery. */
const undestroyable = 'module.lake.aws_athena_named_query.question'

/** Moto's buckets are at <endpoint>/<bucket>; what it lacks must fail soon. */
const providerOverride = 'provider "aws" {\n  s3_use_path_style = true\n  max_retries       = 3\n}\n'

const destroyGuard = 'module.cluster.terraform_data.destroy_guard[0]'
const common = {
  topic_prefix: '0af8d0adfd13',
  bucket_name: 'pinpipe-test',
  kafka_archive_sha512: '01234567'.repeat(16),
}

describeTerraform('the real provider', { concurrent: true, timeout: 300_000 }, () => {
  test('makes the full example, and destroys it only when its guard is gone', async ({ skip }) => {
    await withExample('full', 'eu-west-1', skip, async ({ apply, seeRefused, read }) => {
      const state = await apply({ ...common, flow_log_retention_days: 30 })
      const brokers = [1, 2, 3].map((id) => `b-${id}.pinpipe.a1b2c3.c5.kafka.eu-west-1.amazonaws.com:9098`)
      expect(state.output('bootstrap_servers')).toBe(brokers.join(','))
      expect(await readBack(state, read)).toBe(16)
      await seeRefused(['-destroy'])
    })
  })

  test('makes the serverless example, and never replaces its cluster', async ({ skip }) => {
    await withExample('serverless', 'eu-central-1', skip, async ({ apply, seeRefused, read }) => {
      const { vpc_id, subnet_ids } = await networkOf(read)
      const state = await apply({ ...common, vpc_id, subnet_ids })
      const broker = 'boot-a1b2c3d4.c1.kafka-serverless.eu-central-1.amazonaws.com:9098'
      expect(state.output('bootstrap_servers')).toBe(broker)
      expect(await readBack(state, read)).toBe(14)
      // Another subnet is another cluster.
      await seeRefused([`-var=subnet_ids=["${subnet_ids[0]}","subnet-0123456789abcdef0"]`])
    })
  })

  test('makes the existing-cluster example, and leaves the cluster where it is', async ({ skip }) => {
    await withExample('existing-cluster', 'us-east-1', skip, async ({ apply, read, msk }) => {
      const { vpc_id, subnet_ids, cluster_security_group_id } = await networkOf(read)
      const cluster_arn = msk.createCluster('orders')
      const subnet_id = subnet_ids[0]
      const state = await apply({ ...common, vpc_id, subnet_id, cluster_security_group_id, cluster_arn })
      expect(await readBack(state, read)).toBe(14)
      expect([...msk.calls].filter((call) => !call.startsWith('GET '))).toEqual([])
    })
  })
})

type Example = {
  /** Applies it without a warning, so that nothing is left to do; the state's documents keep the rules. */
  readonly apply: (variables: Readonly<Record<string, unknown>>) => Promise<TerraformState>
  /** Sees a plan with these arguments refused by the guard. */
  readonly seeRefused: (args: readonly string[]) => Promise<void>
  readonly read: MotoReader
  readonly msk: MskControlPlane
}

/** An example with servers of its own; it is destroyed at the end. */
async function withExample(
  name: string,
  region: string,
  skip: (note?: string) => never,
  work: (example: Example) => Promise<void>,
): Promise<void> {
  const program = await orSkip(skip, fetchMoto)
  await using moto = await startMoto(program)
  await using msk = await startMskControlPlane(motoAccount, region)
  const copy = await mkdtemp(join(tmpdir(), 'pinpipe-moto-'))
  try {
    for (const part of ['modules', 'examples', 'catalogue.json', 'next-steps.txt.tftpl'])
      // oxlint-disable-next-line no-await-in-loop -- four small folders
      await cp(join(infraFolder, part), join(copy, part), { recursive: true })
    const folder = join(copy, 'examples', name)
    await writeFile(join(copy, 'modules/kafka-client/moto_override.tf'), motoGaps)
    await writeFile(join(folder, 'moto_override.tf'), providerOverride)
    await withTerraform(folder, async (terraform) => {
      const run: Terraform = async (args) => await terraform(args, environmentOf(moto, msk))
      await work({
        apply: async (variables) => {
          await writeFile(join(folder, 'terraform.tfvars.json'), JSON.stringify({ region, ...variables }))
          return await applyThere(run)
        },
        seeRefused: async (args) => await seeRefusedThere(run, args),
        read: new MotoReader(moto, region),
        msk,
      })
      await destroy(run)
    })
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** Nothing of the user's configuration of AWS counts, and no address but these two is called. */
function environmentOf(moto: Moto, msk: MskControlPlane): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_ENDPOINT_URL_KAFKA: msk.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

async function applyThere(terraform: Terraform): Promise<TerraformState> {
  const plan = await terraform(['plan', '-input=false', '-json', '-out=made.tfplan'])
  expect(complaintsOf(plan.stdout)).toEqual([])
  const apply = await terraform(['apply', '-input=false', '-json', 'made.tfplan'])
  expect(complaintsOf(apply.stdout)).toEqual([])
  const again = await terraform(['plan', '-input=false', '-detailed-exitcode', '-json'])
  expect({ complaints: complaintsOf(again.stdout), code: again.code }).toEqual({ complaints: [], code: 0 })
  const show = await terraform(['show', '-json'])
  const state = new TerraformState(JSON.parse(show.stdout).values)
  expect(findFaults(state.resources)).toEqual([])
  return state
}

async function seeRefusedThere(terraform: Terraform, args: readonly string[]): Promise<void> {
  const plan = await terraform(['plan', '-input=false', '-json', ...args])
  // The first error cuts other requests short, which makes errors of them too.
  const refusal = `error: Instance cannot be destroyed. Resource ${destroyGuard} has lifecycle.prevent_destroy set`
  expect(complaintsOf(plan.stdout)).toContainEqual(expect.stringContaining(refusal))
}

/** As the examples' READMEs say it. */
async function destroy(terraform: Terraform): Promise<void> {
  const addresses = (await terraform(['state', 'list'])).stdout.split('\n')
  const guard = addresses.filter((address) => address === destroyGuard)
  const forget = await terraform(['state', 'rm', undestroyable, ...guard])
  expect(forget).toMatchObject({ code: 0 })
  const gone = await terraform(['destroy', '-input=false', '-auto-approve', '-json'])
  expect(complaintsOf(gone.stdout)).toEqual([])
  expect((await terraform(['state', 'list'])).stdout).toBe('')
}

/** Warnings and errors alike, a sentence each. */
function complaintsOf(output: string): readonly string[] {
  return readMessages(output).flatMap(({ diagnostic }) =>
    diagnostic === undefined ? [] : [`${diagnostic.severity}: ${diagnostic.summary}. ${diagnostic.detail}`],
  )
}

/** The network that every account has. */
async function networkOf(
  read: MotoReader,
): Promise<{ vpc_id: string; subnet_ids: readonly [string, string]; cluster_security_group_id: string }> {
  const [vpc_id = ''] = await read.ec2('DescribeVpcs', {}, 'vpcId')
  const [first, second] = await read.ec2('DescribeSubnets', {}, 'subnetId')
  const [cluster_security_group_id = ''] = await read.ec2('DescribeSecurityGroups', {}, 'groupId')
  if (first === undefined || second === undefined) throw new Error('Moto has no two subnets.')
  return { vpc_id, subnet_ids: [first, second], cluster_security_group_id }
}

/** Compares every policy, and the user data, with what the APIs say; returns how many there were. */
async function readBack(state: TerraformState, read: MotoReader): Promise<number> {
  const comparisons = state.resources.flatMap(({ address, type, values }) => {
    const text = (name: string): string => String(values[name])
    const policy = async (answer: Promise<unknown>, name = 'policy'): Promise<void> =>
      expect({ address, is: await answer }).toEqual({ address, is: JSON.parse(text(name)) })
    switch (type) {
      case 'aws_iam_role': {
        const role = { RoleName: text('name') }
        return policy(read.iamDocument('GetRole', role, 'AssumeRolePolicyDocument'), 'assume_role_policy')
      }
      case 'aws_iam_role_policy': {
        const names = { RoleName: text('role'), PolicyName: text('name') }
        return policy(read.iamDocument('GetRolePolicy', names, 'PolicyDocument'))
      }
      case 'aws_s3_bucket_policy':
        return policy(read.bucketPolicy(text('bucket')))
      case 'aws_kms_key':
        return policy(read.keyPolicy(text('key_id')))
      case 'aws_instance':
        return seeUserData(read, text('id'), text('user_data'), state)
      default:
        return []
    }
  })
  await Promise.all(comparisons)
  return comparisons.length
}

async function seeUserData(
  read: MotoReader,
  instance: string,
  expected: string,
  state: TerraformState,
): Promise<void> {
  const attribute = { InstanceId: instance, Attribute: 'userData' }
  const [encoded = ''] = await read.ec2('DescribeInstanceAttribute', attribute, 'value')
  const script = Buffer.from(encoded, 'base64').toString()
  // Provider 5 keeps the SHA-1 in the state, provider 6 the text.
  expect([script, createHash('sha1').update(script).digest('hex')]).toContain(expected)
  expect(script).toContain(`export BOOTSTRAP_SERVER='${state.text('bootstrap_servers')}'\n`)
  expect(script).toContain(`role_arn = arn:aws:iam::${motoAccount}:role/pinpipe-consumer\n`)
}
