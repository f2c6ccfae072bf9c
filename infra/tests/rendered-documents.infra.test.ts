/** The documents of every example, as Terraform renders them: least privilege, nothing open, no key. */
import { expect, test } from 'vitest'
import { describeTerraform } from './describe-terraform.ts'
import { findFaults, policiesOf } from './rendered-documents.ts'
import { type Resource } from './terraform-messages.ts'
import { testState } from './terraform.ts'

// Runs of tests/examples: each example in the ways that change a document.
const runs: readonly (readonly [run: string, allowed: { readonly topicDeletion?: boolean }])[] = [
  ['makes_all_for_an_existing_cluster', {}],
  ['lets_people_in_by_ssh', {}],
  ['reads_a_mysql', {}],
  ['lets_topic_admin_delete_topics_and_reset_offsets', { topicDeletion: true }],
  ['makes_all_with_a_serverless_cluster', {}],
  ['makes_all_in_an_empty_account', {}],
  ['writes_flow_logs', {}],
]

// What makes the look at a state worth something: these must be among the documents that it found.
const expectedPolicies = [
  'module.client.aws_iam_role.instance assume_role_policy',
  'module.client.aws_iam_role_policy.assume_app_roles policy',
  'module.lake.aws_kms_key.lake[0] policy',
  'module.lake.aws_s3_bucket_policy.private["lake"] policy',
]

type Fault = { readonly fault: string; readonly resource: Omit<Resource, 'address' | 'mode'> }

const faults: readonly Fault[] = [
  {
    fault: 'allows s3:*: a part of a name',
    resource: policy({ Action: 's3:*', Resource: 'arn:aws:s3:::b' }),
  },
  { fault: 'allows any resource', resource: policy({ Action: ['s3:GetObject'], Resource: ['a', '*'] }) },
  { fault: 'allows all but something', resource: policy({ NotAction: 'iam:PassRole', Resource: 'a' }) },
  {
    fault: 'allows s3:DeleteObject',
    resource: policy({ Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::b/*' }),
  },
  {
    fault: 'allows kafka-cluster:DeleteTopic',
    resource: policy({ Action: 'kafka-cluster:DeleteTopic', Resource: 'a' }),
  },
  { fault: 'allows anybody', resource: policy({ Action: 'sts:AssumeRole', Principal: { AWS: '*' } }) },
  { fault: 'lets 0.0.0.0/0 in', resource: ingress({ cidr_ipv4: '0.0.0.0/0' }) },
  { fault: 'lets ::/0 in', resource: ingress({ cidr_ipv6: '::/0' }) },
  {
    fault: 'lets 128.0.0.0/1 in',
    resource: { type: 'aws_security_group', values: { ingress: [{ cidr_blocks: ['128.0.0.0/1'] }] } },
  },
  {
    fault: 'holds a private key',
    resource: { type: 'aws_instance', values: { user_data: '-----BEGIN OPENSSH PRIVATE KEY-----' } },
  },
  { fault: 'makes a key', resource: { type: 'tls_private_key', values: { algorithm: 'ED25519' } } },
]

function policy(statement: Readonly<Record<string, unknown>>): Fault['resource'] {
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }
  return { type: 'aws_iam_policy', values: { policy: JSON.stringify(document) } }
}

function ingress(values: Readonly<Record<string, unknown>>): Fault['resource'] {
  return { type: 'aws_vpc_security_group_ingress_rule', values }
}

describeTerraform('the rendered documents', { timeout: 300_000 }, () => {
  test.each(runs)('of the run %s keep all rules', async (run, allowed) => {
    const { resources } = await testState('tests/examples', run)
    expect(findFaults(resources, allowed)).toEqual([])
    const policies = policiesOf(resources)
    expect(policies.map(({ where }) => where)).toEqual(expect.arrayContaining(expectedPolicies))
    const apps = policies.filter(({ statements }) =>
      JSON.stringify(statements).includes('kafka-cluster:Connect'),
    )
    expect(apps).toHaveLength(4)
  })

  test('allow the deletion of topics where it was asked for, and only to topic-admin', async () => {
    const { resources } = await testState(
      'tests/examples',
      'lets_topic_admin_delete_topics_and_reset_offsets',
    )
    const found = findFaults(resources)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/topic-admin.*allows kafka-cluster:DeleteTopic/)
  })

  test.each(faults)('with $fault are found out', async ({ fault, resource }) => {
    const { resources } = await testState('tests/examples', 'makes_all_in_an_empty_account')
    const found = findFaults([...resources, { address: 'x', mode: 'managed', ...resource }])
    expect(found).toEqual([expect.stringContaining(fault)])
  })

  test('send to the internet only by HTTPS', async () => {
    const { resources } = await testState('tests/examples', 'makes_all_in_an_empty_account')
    const open = resources.filter(
      ({ type, values }) =>
        type === 'aws_vpc_security_group_egress_rule' &&
        [values['cidr_ipv4'], values['cidr_ipv6']].some(
          (network) => network === '0.0.0.0/0' || network === '::/0',
        ),
    )
    expect(open.map(({ values }) => [values['ip_protocol'], values['from_port'], values['to_port']])).toEqual(
      [['tcp', 443, 443]],
    )
  })
})
