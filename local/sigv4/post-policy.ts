import { AwsError } from '../aws/aws-error.ts';
import type { VerifyOptions } from './check-signature.ts';
import { keyOf } from './check-signature.ts';
import { parseCredential } from './credential-scope.ts';
import { badQueryParameters, signatureDoesNotMatch, unsupportedSignature } from './signature-errors.ts';
import { parseAmzDate } from './signature-time.ts';
import type { VerifiedSignature } from './signed-request.ts';
import { signaturesEqual, signText } from './signing-key.ts';

/**
 * Verifies the signature of a form upload: the base64 text of its policy, signed. Fields are by lower-case name. Undefined
 * where the form carries no policy. The policy's own expiry and conditions are not looked at here.
 */
export const verifyPostPolicy = (
  fields: ReadonlyMap<string, string>,
  options: VerifyOptions,
): VerifiedSignature | undefined => {
  const policy = fields.get('policy');
  if (fields.has('awsaccesskeyid') || (fields.has('signature') && !fields.has('x-amz-signature'))) {
    throw unsupportedSignature();
  }
  if (policy === undefined) return undefined;
  const given = parseFields(fields);
  const { accessKeyId, region, service, scope } = given.credential;
  const signingKey = keyOf(given, options.lookup);
  if (!signaturesEqual(signText(signingKey, policy), given.signature)) {
    throw signatureDoesNotMatch({
      AWSAccessKeyId: accessKeyId,
      StringToSign: policy,
      SignatureProvided: given.signature,
    });
  }
  return {
    accessKeyId,
    region,
    service,
    scope,
    date: given.date,
    authType: 'POST',
    signedHeaders: new Set(),
    signatureAgeMs: Math.max(0, options.clocks.platform.now() - given.time),
    payloadHash: 'UNSIGNED-PAYLOAD',
    signature: given.signature,
    signingKey,
  };
};

const parseFields = (fields: ReadonlyMap<string, string>) => {
  for (const name of ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature']) {
    if (!fields.has(name)) throw missingField(name);
  }
  const value = (name: string): string => fields.get(name) ?? '';
  if (value('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') throw unsupportedSignature();
  const credential = parseCredential(value('x-amz-credential'));
  const date = value('x-amz-date');
  const time = parseAmzDate(date);
  if (credential === undefined || time === undefined || !date.startsWith(credential.day)) {
    throw badQueryParameters('The fields x-amz-credential and x-amz-date must be well formed and of the same day.');
  }
  const signature = value('x-amz-signature');
  return { credential, date, time, signature, sessionToken: fields.get('x-amz-security-token') };
};

const missingField = (name: string): AwsError =>
  new AwsError('InvalidArgument', 400, `Bucket POST must contain a field named '${name}'.`, {
    ArgumentName: name,
    ArgumentValue: '',
  });
