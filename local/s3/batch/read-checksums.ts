import { notImplemented } from '../../aws/aws-error.ts';
import { isChecksumAlgorithm } from '../checksums/algorithm.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { child, childText } from '../protocol/xml-parser.ts';
import type { BatchReport, ChecksumJob, RequestedWork } from './job.ts';
import { malformed, required } from './required.ts';

const manifestFormat = 'S3BatchOperations_CSV_20180820';
const reportFormat = 'Report_CSV_20180820';
const columns = ['Bucket', 'Key', 'VersionId', 'Ignore'];

/** Reads what a `CreateJob` says of checksums: of which kind, of which objects, and where they are to be told. */
export const readChecksums = (operation: XmlElement, root: XmlElement): RequestedWork => {
  const algorithm = childText(operation, 'ChecksumAlgorithm') ?? 'CRC64NVME';
  if (!isChecksumAlgorithm(algorithm)) throw notImplemented(`batch checksums of the kind ${algorithm}`);
  const type = childText(operation, 'ChecksumType') ?? 'FULL_OBJECT';
  if (type !== 'FULL_OBJECT') throw notImplemented(`batch checksums of the type ${type}`);
  const report = readReport(child(root, 'Report') ?? malformed());
  return { operation: 'S3ComputeObjectChecksum', algorithm, manifest: readManifest(root), ...(report && { report }) };
};

const readManifest = (root: XmlElement): ChecksumJob['manifest'] => {
  const manifest = child(root, 'Manifest');
  if (manifest === undefined) throw notImplemented('batch checksums of what a generated manifest finds');
  const spec = child(manifest, 'Spec') ?? malformed();
  const location = child(manifest, 'Location') ?? malformed();
  if (required(spec, 'Format') !== manifestFormat) throw notImplemented('a manifest that is no CSV');
  const fields = child(spec, 'Fields')?.children.map(({ text }) => text) ?? [];
  const strange = fields.find((field) => !columns.includes(field));
  if (strange !== undefined || !fields.includes('Bucket') || !fields.includes('Key')) {
    throw invalidRequest(`A manifest has the fields Bucket and Key, and of the others ${columns.join(', ')}`);
  }
  const [, bucket, key] = /^arn:aws:s3:::([^/]+)\/(.+)$/.exec(required(location, 'ObjectArn')) ?? [];
  if (bucket === undefined || key === undefined) throw invalidRequest('ObjectArn is not the ARN of an object');
  return { bucket, key, etag: required(location, 'ETag').replaceAll('"', ''), fields };
};

const readReport = (report: XmlElement): BatchReport | undefined => {
  if (childText(report, 'Enabled') !== 'true') return undefined;
  if (required(report, 'Format') !== reportFormat) throw invalidRequest(`The format of a report is ${reportFormat}`);
  const scope = required(report, 'ReportScope');
  if (scope !== 'AllTasks' && scope !== 'FailedTasksOnly') {
    throw invalidRequest('ReportScope is AllTasks or FailedTasksOnly');
  }
  const prefix = childText(report, 'Prefix');
  return { bucket: required(report, 'Bucket').replace(/^arn:aws:s3:::/, ''), scope, ...(prefix && { prefix }) };
};
