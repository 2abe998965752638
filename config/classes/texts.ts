import * as z from 'zod';
import { MiB } from '../../core/bytes.ts';
import { dataClass, type RetentionRule } from '../../core/data-class.ts';
import { days } from '../../core/time.ts';
import { Confidence, Label, Language, Line, SourceAsset } from '../attributes.ts';
import { json, text } from '../formats.ts';

const archivedAfterOneYear: RetentionRule = { coldAfter: days(365), cold: 'glacier' };

/** Text as it came in. */
export const rawText = dataClass('raw-text', {
  layout: 'raw/text/{tenant}/{date}/{assetId}/{filename}',
  accepts: text(),
  maxBytes: MiB(64),
  inspect: 'text',
  retention: {},
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({ language: Language.optional(), title: Line.optional() }),
});

/** What was said, as a model or a person wrote it down. */
export const transcription = dataClass('transcription', {
  layout: 'processed/transcriptions/{tenant}/{date}/{assetId}/{filename}',
  accepts: json(),
  maxBytes: MiB(64),
  inspect: 'json',
  retention: archivedAfterOneYear,
  compress: 'zstd',
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({
    language: Language,
    confidence: Confidence.optional(),
    modelVersion: Label.optional(),
    source: SourceAsset.optional(),
  }),
});

/** A transcription in another language. */
export const translation = dataClass('translation', {
  layout: 'processed/translations/{tenant}/{date}/{assetId}/{filename}',
  accepts: json(),
  maxBytes: MiB(64),
  inspect: 'json',
  retention: archivedAfterOneYear,
  compress: 'zstd',
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({
    sourceLanguage: Language,
    targetLanguage: Language,
    confidence: Confidence.optional(),
    modelVersion: Label.optional(),
    source: SourceAsset.optional(),
  }),
});

/** What was found in a recording or a text: a summary, a sentiment, anything a model says about it. */
export const analysis = dataClass('analysis', {
  layout: 'processed/analysis/{tenant}/{date}/{assetId}/{filename}',
  accepts: json(),
  maxBytes: MiB(64),
  inspect: 'json',
  retention: {},
  compress: 'zstd',
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({
    analysis: Label,
    language: Language.optional(),
    confidence: Confidence.optional(),
    modelVersion: Label.optional(),
    source: SourceAsset.optional(),
  }),
});
