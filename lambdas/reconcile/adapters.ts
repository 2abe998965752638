import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Clock, isoTime } from '../../core/time.ts';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import { isConditionFailed } from '../shared/dynamodb-client.ts';
import { listRange } from '../shared/key-range.ts';
import { isNewRow, putRowIf } from '../shared/row-writes.ts';
import type { Notes, ReconcileDeps, ReportStore } from './ports.ts';
import { textReader } from './versions-io.ts';

const linkIsTheirs = 'assetId = :holder';

/** Landing in the order of its keys: the newest version of each, unless that is a delete marker. */
export const landingLister =
  (s3: S3Client, bucket: string): ReconcileDeps['listLanding'] =>
  async (from) => {
    const { keys, through } = await listRange(s3, bucket, from);
    const objects = keys.flatMap(({ key, versions: [newest] }) =>
      newest === undefined || newest.marker ? [] : [{ key, versionId: newest.versionId, at: newest.at }],
    );
    return { objects, ...(through !== undefined && { through }) };
  };

/** Puts a message into intake's queue that says what S3's own would say. */
export const resender =
  (
    sqs: SQSClient,
    props: { readonly queueUrl: string; readonly bucket: string; readonly region: string },
  ): ReconcileDeps['resend'] =>
  async ({ key, versionId, at }) => {
    const record = {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: props.region,
      eventTime: isoTime(Date.parse(at)),
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: props.bucket }, object: { key: encodeURIComponent(key), versionId } },
    };
    const MessageBody = JSON.stringify({ Records: [record] });
    await sqs.send(new SendMessageCommand({ QueueUrl: props.queueUrl, MessageBody }));
  };

/** Removes a link as long as it names the asset. */
export const linkRemover =
  (client: DynamoDBClient, table: string): ReconcileDeps['removeLink'] =>
  async ({ pk, sk }, assetId) => {
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: table,
          Key: marshall({ pk, sk }),
          ConditionExpression: linkIsTheirs,
          ExpressionAttributeValues: marshall({ ':holder': assetId }),
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw namedFailure(error, 'DeleteItem');
    }
  };

/** Adds to a counter as the stream's function does, beside whatever it is adding. */
export const counterAdder =
  (client: DynamoDBDocumentClient, table: string, clock: Clock): ReconcileDeps['addToCounter'] =>
  async ({ key, tenant, add }) => {
    const fields = Object.entries(add);
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: key.pk, sk: key.sk },
          UpdateExpression: `SET #kind = :kind, #tenant = :tenant, #at = :at ADD ${fields.map((_, index) => `#n${index} :n${index}`).join(', ')}`,
          ExpressionAttributeNames: {
            '#kind': 'kind',
            '#tenant': 'tenant',
            '#at': 'updatedAt',
            ...Object.fromEntries(fields.map(([name], index) => [`#n${index}`, name])),
          },
          ExpressionAttributeValues: {
            ':kind': 'count',
            ':tenant': tenant,
            ':at': isoTime(clock.now()),
            ...Object.fromEntries(fields.map(([, value], index) => [`:n${index}`, value])),
          },
        }),
      );
    } catch (error) {
      throw namedFailure(error, 'UpdateItem');
    }
  };

const isNewer = 'attribute_not_exists(pk) OR revision < :revision';

/** Puts rows that people wrote where there are none, or older ones: rows without a revision are never written over. */
export const rowPutter =
  (client: DynamoDBDocumentClient, table: string): ReconcileDeps['putRow'] =>
  (row) => {
    const { revision } = row;
    const isOlder = { condition: isNewer, values: { ':revision': revision } };
    return putRowIf(client, table, row, typeof revision === 'number' ? isOlder : isNewRow);
  };

/** Reports in the audit bucket, where nobody can change them. */
export const reportStore = (s3: S3Client, bucket: string): ReportStore => ({
  async put(name, body) {
    try {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: name,
          Body: body,
          ContentType: 'application/json',
          // A bucket with Object Lock takes nothing without a checksum.
          ChecksumAlgorithm: 'SHA256',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      // The first writing of a page that is done again; what it found stays.
      if (awsFailure(error)?.status === 412) return;
      throw namedFailure(error, 'PutObject');
    }
  },
});

/** Notes in the bucket of temporary data. */
export const scratchNotes = (s3: S3Client, bucket: string): Notes => ({
  async put(name, body) {
    try {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `reconcile/${name}`, Body: body }));
    } catch (error) {
      throw namedFailure(error, 'PutObject');
    }
  },
  read: textReader({ s3, bucket }, 'reconcile/'),
});
