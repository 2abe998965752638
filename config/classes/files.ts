import * as z from 'zod';
import { GiB } from '../../core/bytes.ts';
import { dataClass } from '../../core/data-class.ts';
import { hours } from '../../core/time.ts';
import { Label, Line, SourceAsset } from '../attributes.ts';
import { anything, binary, json } from '../formats.ts';

/** What a pipeline needs for a day between two of its steps. */
export const temp = dataClass('temp', {
  layout: 'temp/processing/{tenant}/{date}/{assetId}/{filename}',
  accepts: anything(),
  maxBytes: GiB(5),
  inspect: 'none',
  retention: { deleteAfter: hours(24) },
  seal: false,
  subjects: true,
  replicate: false,
  attributes: z.strictObject({ step: Label.optional(), source: SourceAsset.optional() }),
});

/** Files that a user of the assistant keeps. */
export const userFile = dataClass('user-file', {
  layout: 'users/files/{tenant}/{date}/{assetId}/{filename}',
  accepts: anything(),
  maxBytes: GiB(50),
  inspect: 'format',
  retention: {},
  compress: 'zstd',
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({ title: Line.optional(), session: Label.optional(), folder: Line.optional() }),
});

/** Trained models with their versions. */
export const model = dataClass('model', {
  layout: 'models/{tenant}/{model}/{version}/{assetId}/{filename}',
  accepts: [...binary(), ...json()],
  maxBytes: GiB(50),
  inspect: 'none',
  retention: {},
  seal: false,
  subjects: false,
  replicate: true,
  attributes: z.strictObject({ model: Label, version: Label, description: Line.optional() }),
});
