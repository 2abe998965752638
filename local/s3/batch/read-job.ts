import { notImplemented } from '../../aws/aws-error.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { child, childText, malformedXml } from '../protocol/xml-parser.ts';
import type { BatchFilter, BatchJob, RequestedWork } from './job.ts';
import { readChecksums } from './read-checksums.ts';
import { malformed, required } from './required.ts';

/** What a `CreateJob` asks for. */
export type RequestedJob = Pick<BatchJob, 'token' | 'description' | 'priority' | 'roleArn'> & {
  readonly work: RequestedWork;
  readonly confirm: boolean;
};

/** Reads the body of `CreateJob`: a replication of what a generated manifest finds, or checksums of what a list names. */
export const readJob = (root: XmlElement): RequestedJob => {
  if (root.name !== 'CreateJobRequest') throw malformedXml();
  const operation = child(root, 'Operation')?.children[0];
  return {
    token: required(root, 'ClientRequestToken'),
    description: childText(root, 'Description') ?? '',
    priority: Number(required(root, 'Priority')),
    roleArn: required(root, 'RoleArn'),
    work: readWork(operation, root),
    confirm: childText(root, 'ConfirmationRequired') === 'true',
  };
};

const readWork = (operation: XmlElement | undefined, root: XmlElement): RequestedWork => {
  if (operation?.name === 'S3ReplicateObject') return readReplication(root);
  if (operation?.name === 'S3ComputeObjectChecksum') return readChecksums(operation, root);
  throw notImplemented(`the batch operation ${operation?.name ?? '(none)'}`);
};

const readReplication = (root: XmlElement): RequestedWork => {
  if (childText(child(root, 'Report') ?? malformed(), 'Enabled') === 'true') {
    throw notImplemented('the report of a batch replication: set Enabled to false and read the counts of DescribeJob');
  }
  const generator = child(child(root, 'ManifestGenerator') ?? malformed(), 'S3JobManifestGenerator');
  if (generator === undefined) throw notImplemented('a batch replication with a manifest of its own');
  if (childText(generator, 'EnableManifestOutput') === 'true')
    throw notImplemented('the output of a generated manifest');
  const filter = child(generator, 'Filter');
  if (filter === undefined || childText(filter, 'EligibleForReplication') !== 'true') {
    throw invalidRequest('The manifest of a replication needs the filter EligibleForReplication');
  }
  return {
    sourceBucket: required(generator, 'SourceBucket').replace(bucketArnStart, ''),
    filter: readFilter(filter),
  };
};

const bucketArnStart = /^arn:aws:s3:::/;

const statuses = ['COMPLETED', 'FAILED', 'REPLICA', 'NONE'];

const readFilter = (filter: XmlElement): BatchFilter => {
  const wanted = members(child(filter, 'ObjectReplicationStatuses'));
  const strange = wanted.find((status) => !statuses.includes(status));
  if (strange !== undefined) throw invalidRequest(`${strange} is none of ${statuses.join(', ')}`);
  const names = child(filter, 'KeyNameConstraint');
  if (names !== undefined && (child(names, 'MatchAnySuffix') ?? child(names, 'MatchAnySubstring')) !== undefined) {
    throw notImplemented('a key name constraint other than MatchAnyPrefix');
  }
  const [after, before] = [instant(filter, 'CreatedAfter'), instant(filter, 'CreatedBefore')];
  return {
    statuses: wanted,
    prefixes: members(names && child(names, 'MatchAnyPrefix')),
    ...(after !== undefined && { createdAfter: after }),
    ...(before !== undefined && { createdBefore: before }),
  };
};

const members = (list: XmlElement | undefined): string[] => list?.children.map((member) => member.text) ?? [];

const instant = (parent: XmlElement, name: string): number | undefined => {
  const given = childText(parent, name);
  if (given === undefined) return undefined;
  const ms = Date.parse(given);
  if (Number.isNaN(ms)) throw malformedXml();
  return ms;
};
