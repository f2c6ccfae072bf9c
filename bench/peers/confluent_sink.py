"""A peer: the Python sink that people write with care: confluent-kafka (librdkafka), boto3, one object per 50,000 records."""
import gzip, os
import boto3, botocore.config
from confluent_kafka import Consumer, TopicPartition

env = os.environ
topic, records, level = env['TOPIC'], int(env['RECORDS']), int(env['GZIP_LEVEL'])
s3 = boto3.client('s3', config=botocore.config.Config(s3={'addressing_style': 'path'}))
consumer = Consumer({'bootstrap.servers': env['KAFKA_BROKERS'], 'group.id': env['GROUP'],
                     'auto.offset.reset': 'earliest', 'enable.auto.commit': False})
consumer.subscribe([topic])
rows, first, done = {}, {}, 0


def flush(partition, next_offset):
    global done
    lines = rows.pop(partition)
    body, key = b'\n'.join(lines) + b'\n', f'{topic}/{partition}/{first.pop(partition)}.json'
    if level > 0:
        body, key = gzip.compress(body, level), key + '.gz'
    s3.put_object(Bucket=env['BUCKET'], Key=key, Body=body)
    consumer.commit(offsets=[TopicPartition(topic, partition, next_offset)], asynchronous=False)
    done += len(lines)


while done < records:
    for message in consumer.consume(5000, 1.0):
        if message.error():
            raise SystemExit(message.error())
        partition = message.partition()
        if partition not in rows:
            rows[partition], first[partition] = [], message.offset()
        rows[partition].append(message.value())
        if len(rows[partition]) >= 50_000:
            flush(partition, message.offset() + 1)
consumer.close()
