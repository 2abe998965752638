import { AwsError } from '../../aws/aws-error.ts';
import { answerConfiguration } from '../buckets/configuration-answers.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import type { ReplicationRule } from './rule.ts';

/** `GET /{bucket}?replication` */
export const getBucketReplication = answerConfiguration({
  action: 's3:GetReplicationConfiguration',
  xml: ({ replication }) => {
    if (replication === undefined) {
      throw new AwsError('ReplicationConfigurationNotFoundError', 404, 'The replication configuration was not found');
    }
    return xmlDocument(
      'ReplicationConfiguration',
      textElement('Role', replication.role),
      ...replication.rules.map(ruleXml),
    );
  },
});

const status = (on: boolean): string => textElement('Status', on ? 'Enabled' : 'Disabled');

const ruleXml = (rule: ReplicationRule): string =>
  element(
    'Rule',
    textElement('ID', rule.id),
    textElement('Priority', rule.priority),
    status(rule.enabled),
    element('Filter', filterXml(rule)),
    element('DeleteMarkerReplication', status(rule.deleteMarkers)),
    element('SourceSelectionCriteria', element('SseKmsEncryptedObjects', status(rule.encryptedObjects))),
    destinationXml(rule),
  );

const filterXml = ({ prefix, tags }: ReplicationRule): string => {
  const tagXml = Object.entries(tags).map(([key, value]) =>
    element('Tag', textElement('Key', key), textElement('Value', value)),
  );
  const [only] = tagXml;
  if (only === undefined) return textElement('Prefix', prefix);
  return prefix === '' && tagXml.length === 1 ? only : element('And', textElement('Prefix', prefix), ...tagXml);
};

const destinationXml = ({ destination }: ReplicationRule): string => {
  const { bucketArn, storageClass, replicaKeyId, promisedMinutes, metrics } = destination;
  const minutes = (name: string, count: number) => element(name, textElement('Minutes', count));
  return element(
    'Destination',
    textElement('Bucket', bucketArn),
    textElement('StorageClass', storageClass),
    replicaKeyId === undefined ? '' : element('EncryptionConfiguration', textElement('ReplicaKmsKeyID', replicaKeyId)),
    promisedMinutes === undefined ? '' : element('ReplicationTime', status(true), minutes('Time', promisedMinutes)),
    metrics ? element('Metrics', status(true), minutes('EventThreshold', promisedMinutes ?? 15)) : '',
  );
};
