import type { DataClass } from '../../../core/data-class.ts';
import { MediakeepError } from '../../../core/error.ts';
import { maxFormBytes, maxSinglePutBytes } from '../../../core/part-plan.ts';
import type { BeginUpload } from '../../../core/schemas/upload.ts';
import { parseInput } from '../input.ts';

/** The way in which an upload comes, with what that way has to know. */
export type Way =
  | { readonly method: 'put'; readonly bytes: number; readonly sha256: string }
  | { readonly method: 'post'; readonly range: readonly [number, number] }
  | { readonly method: 'multipart'; readonly bytes: number };

/** Finds the class of that name, which must be open for uploads; throws an error that names the others. */
export const findClass = (classes: readonly DataClass[], name: string): DataClass => {
  const dataClass = classes.find((known) => known.name === name);
  if (dataClass === undefined) {
    throw refuse('/class', `must be one of ${classes.map((known) => known.name).join(', ')}`, 'bad-request');
  }
  if (dataClass.seal) {
    throw new MediakeepError(
      'class-sealed',
      `The class ${name} keeps its content under the data subject’s own key, which this deployment cannot do yet; nothing of it is stored unsealed.`,
    );
  }
  return dataClass;
};

/** Holds what is announced against the class; answers the attributes as its schema reads them. */
export const checkClassRules = (dataClass: DataClass, upload: BeginUpload): Record<string, unknown> => {
  const accepted = dataClass.accepts.flatMap(({ contentTypes }) => contentTypes);
  if (!accepted.includes(upload.contentType)) {
    throw refuse(
      '/contentType',
      `must be one of ${accepted.join(', ')} for ${dataClass.name}`,
      'unsupported-media-type',
    );
  }
  const most = upload.bytes ?? upload.byteRange?.max ?? 0;
  if (most > dataClass.maxBytes) {
    const pointer = upload.bytes === undefined ? '/byteRange/max' : '/bytes';
    throw refuse(pointer, `is ${most}; ${dataClass.name} takes at most ${dataClass.maxBytes} bytes`, 'too-large');
  }
  if (dataClass.subjects && upload.subject === undefined) {
    throw refuse('/subject', `is needed: ${dataClass.name} holds a person’s voice, face or words`, 'unprocessable');
  }
  if (dataClass.topic === 'case' && upload.case === undefined) {
    throw refuse('/case', `is needed: ${dataClass.name} belongs to a case`, 'unprocessable');
  }
  // An asset is listed by one topic: a case that nobody finds it by would be a hole in every hold on the case.
  if (dataClass.topic === 'phrase' && upload.case !== undefined) {
    const message = `is not possible for ${dataClass.name}, which is listed by its phrase; leave it out, or choose a class whose \`topic\` in GET /classes is not \`phrase\``;
    throw refuse('/case', message, 'unprocessable');
  }
  return parseInput(dataClass.attributes, upload.attributes, 'attributes', 'unprocessable');
};

/** Small content of a known size comes in one PUT, content of an unknown size in a form, anything else in parts. */
export const chooseWay = ({ bytes, byteRange, sha256 }: BeginUpload): Way => {
  if (bytes === undefined) return formWay(byteRange ?? { min: 1, max: 1 });
  if (bytes > maxSinglePutBytes) return { method: 'multipart', bytes };
  if (sha256 === undefined) {
    throw refuse(
      '/sha256',
      `is needed for content up to ${maxSinglePutBytes} bytes, which comes in one PUT`,
      'bad-request',
    );
  }
  return { method: 'put', bytes, sha256 };
};

const formWay = ({ min, max }: { min: number; max: number }): Way => {
  if (max > maxFormBytes) {
    throw refuse(
      '/byteRange/max',
      `is ${max}; a form takes at most ${maxFormBytes} bytes: say \`bytes\` instead`,
      'too-large',
    );
  }
  return { method: 'post', range: [min, max] };
};

const refuse = (
  pointer: string,
  message: string,
  code: 'bad-request' | 'too-large' | 'unprocessable' | 'unsupported-media-type',
): MediakeepError =>
  new MediakeepError(code, `The upload cannot begin: ${pointer} ${message}.`, { fields: [{ pointer, message }] });
