import type { ContentCrc } from '../content-crc.ts';
import type { DataClass } from '../data-class.ts';
import { decodeFacts, type Facts } from '../facts.ts';
import type { parseLandingKey } from '../key-layout.ts';
import { acceptedFormat, plainContentType } from '../media/inspect.ts';
import type { Rejection } from '../media/rejection.ts';

/** A landing key taken apart. */
export type LandingPlace = NonNullable<ReturnType<typeof parseLandingKey>>;

/** What a HEAD of the landed version says. */
export interface LandedObject {
  readonly bytes: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** The header `x-amz-meta-facts`. */
  readonly facts: string | undefined;
  /** SHA-256 of the whole, base64, where S3 verified one at the upload. */
  readonly sha256: string | undefined;
  /** The CRC of the whole that S3 keeps. */
  readonly crc: ContentCrc | undefined;
  /** Milliseconds since the epoch, S3's LastModified. */
  readonly at: number;
}

/** What an upload says of itself, once it contradicts nothing that is known without its content. */
export interface CheckedUpload {
  readonly facts: Facts;
  readonly dataClass: DataClass;
}

export type Checked = CheckedUpload | { readonly rejection: Rejection; readonly uploader: string };

/** Stands where no facts tell who uploaded. */
export const unknownUploader = 'unknown';

/** Holds a landed object against its key, its facts and the rules of its class, in that order. */
export const checkLanded = (
  place: LandingPlace,
  object: LandedObject,
  findClass: (name: string) => DataClass | undefined,
): Checked => {
  const facts = decodeFacts(object.facts);
  if (facts === undefined || !Number.isFinite(Date.parse(facts.createdAt))) {
    return { rejection: factsMissing, uploader: facts?.uploader ?? unknownUploader };
  }
  const dataClass = findClass(facts.dataClass);
  const rejection = contradiction(place, object, facts) ?? breach(object, facts, dataClass);
  if (rejection !== undefined) return { rejection, uploader: facts.uploader };
  return dataClass === undefined ? { rejection: factsMissing, uploader: facts.uploader } : { facts, dataClass };
};

const factsMissing: Rejection = {
  reason: 'facts-missing',
  message: 'The object does not say what it is. Begin the upload anew and send every header that the answer names.',
};

const contradiction = (place: LandingPlace, object: LandedObject, facts: Facts): Rejection | undefined => {
  if (facts.tenant !== place.tenant || facts.assetId !== place.assetId) {
    return { reason: 'facts-mismatch', message: 'The object belongs to another upload than its key. Begin it anew.' };
  }
  if (facts.bytes !== undefined && facts.bytes !== object.bytes) {
    const message = `The upload was announced with ${facts.bytes} bytes, but ${object.bytes} arrived. Upload it again.`;
    return { reason: 'size-mismatch', message };
  }
  if (object.sha256 !== undefined && facts.sha256 !== undefined && object.sha256 !== facts.sha256)
    return digestMismatch;
  if (plainContentType(object.contentType ?? '') !== plainContentType(facts.contentType)) {
    const message = `The upload was announced as ${facts.contentType.slice(0, 80)} and arrived as another content type. Begin it anew.`;
    return { reason: 'facts-mismatch', message };
  }
  return undefined;
};

/** What an upload is told whose content has another SHA-256 than its client said. */
export const digestMismatch: Rejection = {
  reason: 'digest-mismatch',
  message: 'The SHA-256 of what arrived differs from the one that was announced. Upload the file again.',
};

const breach = (object: LandedObject, facts: Facts, dataClass: DataClass | undefined): Rejection | undefined => {
  if (dataClass === undefined) {
    const message = `There is no data class ${facts.dataClass.slice(0, 80)}. GET /classes lists those that exist.`;
    return { reason: 'class-unknown', message };
  }
  if (dataClass.seal) {
    const message = `The class ${dataClass.name} stores sealed content only, and sealing is not set up here.`;
    return { reason: 'class-sealed', message };
  }
  if (object.bytes === 0) return { reason: 'empty', message: 'The file is empty. Upload a file with content.' };
  if (object.bytes > dataClass.maxBytes) {
    const message = `The file has ${object.bytes} bytes; the class ${dataClass.name} takes ${dataClass.maxBytes} at most.`;
    return { reason: 'too-large', message };
  }
  if (isEncoded(object.contentEncoding)) {
    const message = 'The content arrived with a Content-Encoding. Upload the file as it is, uncompressed.';
    return { reason: 'content-encoded', message };
  }
  return acceptedFormat(dataClass, facts.contentType) === undefined ? notAccepted(facts, dataClass) : undefined;
};

/** `aws-chunked` is how SDKs frame a body; it never belongs to the content. */
const isEncoded = (encoding: string | undefined): boolean =>
  encoding !== undefined && !/^\s*(aws-chunked|identity)?\s*,?\s*$/i.test(encoding);

const notAccepted = ({ contentType }: Facts, { name, accepts }: DataClass): Rejection => {
  const allowed = accepts.flatMap(({ contentTypes }) => contentTypes).join(', ');
  const given = plainContentType(contentType).slice(0, 80) || 'none';
  return {
    reason: 'type-not-accepted',
    message: `The class ${name} does not take the content type ${given}. It takes ${allowed}.`,
  };
};
