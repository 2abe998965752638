import { MiB } from '../../core/bytes.ts';

/** The SHA-256 of nothing in particular, in the form that S3 takes. */
export const digest = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

const recording = {
  class: 'raw-audio',
  filename: 'interview.wav',
  contentType: 'audio/wav',
  subject: 'speaker-1',
};

/** Bodies of `POST /uploads`, one for each way. */
export const putUpload = (change: object = {}): object => ({ ...recording, bytes: 1000, sha256: digest, ...change });
export const formUpload = (change: object = {}): object => ({
  ...recording,
  byteRange: { min: 1, max: 5000 },
  ...change,
});
export const multipartUpload = (bytes = MiB(20)): object => ({ ...recording, bytes });
