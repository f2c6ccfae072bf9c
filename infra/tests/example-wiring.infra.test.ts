/** What the examples hand from module to module, where only the whole state shows it. */
import { expect, test } from 'vitest'
import { describeTerraform } from './describe-terraform.ts'
import { testState } from './terraform.ts'

const client = 'module.client.aws_instance.client'
const cluster = 'module.cluster.aws_msk_cluster.this'

describeTerraform('the examples', { timeout: 300_000 }, () => {
  test('put the client into a private subnet', async () => {
    const full = await testState('tests/examples', 'makes_all_in_an_empty_account')
    expect(full.resource(client)['subnet_id']).toBe(full.resource('aws_subnet.private[0]')['id'])
    expect(full.resource(client)['subnet_id']).not.toBe(full.resource('aws_subnet.public')['id'])
    const serverless = await testState('tests/examples', 'makes_all_with_a_serverless_cluster')
    expect(serverless.resource(client)['subnet_id']).toBe('subnet-0aaa')
    const existing = await testState('tests/examples', 'makes_all_for_an_existing_cluster')
    expect(existing.resource(client)['subnet_id']).toBe('subnet-0123456789abcdef0')
  })

  test.each([
    'makes_all_in_an_empty_account',
    'makes_all_with_a_serverless_cluster',
    'makes_all_for_an_existing_cluster',
  ])('let the consumer store in the lake that is made (%s)', async (run) => {
    const state = await testState('tests/examples', run)
    expect(state.resource(client)['user_data']).toContain('PINPIPE_LAKE=s3://pinpipe-111122223333/pinpipe\n')
    const policy = state.resource('module.roles.aws_iam_role_policy.app["consumer"]')['policy']
    expect(policy).toContain('"arn:aws:s3:::pinpipe-111122223333/pinpipe/topics/*"')
  })

  test('hand the wished size of the brokers on', async () => {
    const usual = await testState('tests/examples', 'makes_all_in_an_empty_account')
    expect(usual.resource(cluster)['broker_node_group_info']).toMatchObject([
      { instance_type: 'kafka.t3.small' },
    ])
    const large = await testState('tests/examples', 'passes_its_settings_on')
    expect(large.resource(cluster)['broker_node_group_info']).toMatchObject([
      { instance_type: 'kafka.m7g.large' },
    ])
    expect(large.resource('module.cluster.aws_appautoscaling_target.storage[0]')['max_capacity']).toBe(500)
  })

  test('let the client alone into the cluster, and only on the port of IAM', async () => {
    const { resources } = await testState('tests/examples', 'makes_all_in_an_empty_account')
    const rules = resources.filter(({ type }) => type === 'aws_vpc_security_group_ingress_rule')
    expect(rules.map(({ address, values }) => [address, values['from_port'], values['to_port']])).toEqual([
      ['module.client.aws_vpc_security_group_ingress_rule.kafka', 9098, 9098],
    ])
    expect(rules[0]?.values['cidr_ipv4'] ?? null).toBeNull()
  })
})
