import { AwsError } from '../../aws/aws-error.ts';
import { callerContext } from '../../aws/caller-context.ts';
import { verifyPostPolicy } from '../../sigv4/post-policy.ts';
import { requireRegion } from '../buckets/require-region.ts';
import { requestActor } from '../events/announce.ts';
import { commitContent } from '../objects/commit-object.ts';
import { requireKey, tagIsMd5 } from '../objects/encryption.ts';
import { opaqueTag, requestedObject, requireWritePermissions } from '../objects/put-object.ts';
import { tagsOfXml } from '../objects/tags.ts';
import { versionIdHeader } from '../objects/version-headers.ts';
import type { BucketOperation, ObjectOperation } from '../operation.ts';
import { consume } from '../protocol/consume.ts';
import type { S3Request } from '../protocol/request.ts';
import { header, requireKeyLength } from '../protocol/request.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import { plainXmlDocument, textElement } from '../protocol/xml.ts';
import { parseXml } from '../protocol/xml-parser.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { FormFile } from './form-file.ts';
import { FormParser } from './form-parser.ts';
import type { LengthRange } from './post-policy.ts';
import { requirePolicy } from './post-policy.ts';

/** `POST /{bucket}` with a form: signature, policy and rights are judged when its file begins. */
export const postForm = async (operation: BucketOperation): Promise<void> => {
  const { core, request, response, bucket } = operation;
  const fields = new Map<string, string>();
  let upload: { readonly operation: ObjectOperation; readonly file: FormFile } | undefined;
  const parser = new FormParser(header(request, 'content-type') ?? '', {
    field: (name, value) => addField(fields, name, value),
    startFile(filename) {
      const accepted = acceptForm(operation, fields, filename);
      const md5 = tagIsMd5(requestedObject(accepted.operation).encryption);
      upload = {
        operation: accepted.operation,
        file: new FormFile(core.blobs, accepted.operation.request, { md5, range: accepted.range }),
      };
    },
    fileData: (bytes) => upload?.file.write(bytes),
  });
  try {
    await consume(request.aws.http, (piece) => parser.feed(piece));
    parser.end();
    if (upload === undefined) throw new Error('A form ended well without a file.');
    const requested = formObject(upload.operation, fields);
    const { size, md5, checksum, segments } = await upload.file.finish();
    const etag = tagIsMd5(requested.encryption) && md5 !== undefined ? md5 : opaqueTag(core);
    const version = commitContent(core, {
      bucket,
      object: { key: upload.operation.key, size, etag, detail: { ...requested, segments, checksum } },
      conditions: { ifAbsent: false, ifMatch: undefined },
      event: 'ObjectCreated:Post',
      actor: requestActor(upload.operation.request),
    });
    answerForm({ ...operation, response }, fields, version);
  } catch (error) {
    await upload?.file.discard();
    throw error;
  }
};

const addField = (fields: Map<string, string>, name: string, value: string): void => {
  const lower = name.toLowerCase();
  if (fields.has(lower)) {
    throw new AwsError('InvalidArgument', 400, `The form has more than one field named ${name}.`, {
      ArgumentName: name,
      ArgumentValue: value,
    });
  }
  fields.set(lower, value);
};

/** Judges a form by everything but its file. */
const acceptForm = (
  { core, request, response, bucket }: BucketOperation,
  fields: Map<string, string>,
  filename: string,
): { operation: ObjectOperation; range: LengthRange | undefined } => {
  const key = fields.get('key')?.replaceAll(/\$\{filename\}/g, () => filename);
  if (key === undefined || key === '') {
    throw new AwsError(
      'InvalidArgument',
      400,
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      { ArgumentName: 'key', ArgumentValue: '' },
    );
  }
  requireKeyLength(key);
  fields.set('key', key);
  const lookup = core.identify;
  const signature = verifyPostPolicy(fields, { lookup, clocks: core.clocks });
  const identity = signature === undefined ? undefined : lookup(signature.accessKeyId);
  const policy = fields.get('policy');
  const range =
    policy === undefined
      ? undefined
      : requirePolicy(policy, new Map([...fields, ['bucket', bucket.name]]), core.clock.now());
  const caller = identity?.caller ?? request.aws.caller;
  const baseContext =
    identity === undefined
      ? request.aws.baseContext
      : { ...request.aws.baseContext, ...callerContext(caller, core.clock.now()) };
  const aws = { ...request.aws, caller, baseContext, ...(signature !== undefined && { signature }) };
  const formRequest: S3Request = { ...request, aws, key, headers: formHeaders(fields) };
  requireRegion(formRequest, bucket, 'POST form');
  const operation = { core, request: formRequest, response, bucket, key };
  const requested = formObject(operation, fields);
  requireWritePermissions(operation, requested, { 's3:ObjectCreationOperation': 'true' });
  requireKey(core, formRequest, bucket, { key, encryption: requested.encryption, action: 'GenerateDataKey' });
  return { operation, range };
};

const formObject = (operation: ObjectOperation, fields: ReadonlyMap<string, string>) => {
  const tagging = fields.get('tagging');
  const requested = requestedObject(operation);
  return tagging === undefined ? requested : { ...requested, tags: tagsOfXml(parseXml(Buffer.from(tagging))) };
};

/** Fields that stand for the headers of a PUT. */
const formHeaders = (fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const headers = new Map<string, string>();
  const signing = /^x-amz-(algorithm|credential|date|signature|security-token)$/;
  for (const [name, value] of fields) {
    const isHeader = /^(cache-control|content-(disposition|encoding|language|type)|expires)$/.test(name);
    if (name === 'acl') headers.set('x-amz-acl', value);
    else if (isHeader || (name.startsWith('x-amz-') && !signing.test(name))) {
      headers.set(name, Buffer.from(value, 'utf8').toString('latin1'));
    }
  }
  return headers;
};

const answerForm = (
  { request, response, bucket }: BucketOperation,
  fields: ReadonlyMap<string, string>,
  version: ObjectVersion,
): void => {
  const location = `http://${header(request, 'host') ?? 's3.amazonaws.com'}/${bucket.name}/${encodeURI(version.key)}`;
  const etag = `"${version.etag}"`;
  const headers = { etag, location, ...versionIdHeader(bucket, version) };
  const redirect = fields.get('success_action_redirect') ?? fields.get('redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of [
      ['bucket', bucket.name],
      ['key', version.key],
      ['etag', etag],
    ] as const)
      target.searchParams.append(name, value);
    sendEmpty(response, 303, { ...headers, location: target.href });
    return;
  }
  const status = fields.get('success_action_status');
  if (status !== '201') {
    sendEmpty(response, status === '200' ? 200 : 204, headers);
    return;
  }
  const names = [
    textElement('Location', location),
    textElement('Bucket', bucket.name),
    textElement('Key', version.key),
  ];
  sendXml(response, plainXmlDocument('PostResponse', ...names, textElement('ETag', etag)), headers, 201);
};
