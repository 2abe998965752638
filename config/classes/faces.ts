import * as z from 'zod';
import { MiB } from '../../core/bytes.ts';
import { dataClass } from '../../core/data-class.ts';
import { days } from '../../core/time.ts';
import { Confidence, Instant } from '../attributes.ts';
import { image } from '../formats.ts';

/** Pictures that a person's face is learnt from. Sealed: the key names nobody but the pseudonymous subject. */
export const faceSample = dataClass('face-sample', {
  layout: 'faces/samples/{tenant}/{subject}/{assetId}',
  accepts: image(),
  maxBytes: MiB(20),
  inspect: 'image',
  retention: {},
  seal: true,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({ quality: Confidence.optional() }),
});

/** What a camera saw, by day and person; cleaned up after 30 days. */
export const faceSnapshot = dataClass('face-snapshot', {
  layout: 'faces/snapshots/{tenant}/{date}/{subject}/{assetId}',
  accepts: image(),
  maxBytes: MiB(20),
  inspect: 'image',
  retention: { deleteAfter: days(30) },
  seal: true,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({
    quality: Confidence.optional(),
    confidence: Confidence.optional(),
    seenAt: Instant.optional(),
  }),
});
