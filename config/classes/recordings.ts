import * as z from 'zod';
import { GiB, MiB } from '../../core/bytes.ts';
import { dataClass } from '../../core/data-class.ts';
import { days } from '../../core/time.ts';
import { Instant, Label, Language, Line } from '../attributes.ts';
import { audio } from '../formats.ts';

/** Spoken commands of a data set, laid out by language, intent and the variation of the phrase. */
export const voiceCommand = dataClass('voice-command', {
  layout: 'voice-commands/{tenant}/{language}/{intent}/{variation}/{assetId}/{filename}',
  accepts: audio(),
  maxBytes: MiB(100),
  inspect: 'audio',
  retention: {},
  seal: false,
  subjects: true,
  replicate: true,
  topic: 'phrase',
  attributes: z.strictObject({
    language: Language,
    intent: Label,
    variation: Label,
    phrase: Line.optional(),
    voice: Label.optional(),
  }),
});

/** Recordings as they came in; after 90 days nobody plays them every day. */
export const rawAudio = dataClass('raw-audio', {
  layout: 'raw/audio/{tenant}/{date}/{assetId}/{filename}',
  accepts: audio(),
  maxBytes: GiB(5),
  inspect: 'audio',
  retention: { coldAfter: days(90), cold: 'deep-archive' },
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({
    language: Language.optional(),
    title: Line.optional(),
    recordedAt: Instant.optional(),
  }),
});

/** Recordings that belong to a case. */
export const caseAudio = dataClass('case-audio', {
  layout: 'cases/audio/{tenant}/{case}/{date}/{assetId}/{filename}',
  accepts: audio(),
  maxBytes: GiB(5),
  inspect: 'audio',
  retention: {},
  seal: false,
  subjects: true,
  replicate: true,
  topic: 'case',
  attributes: z.strictObject({
    language: Language.optional(),
    title: Line.optional(),
    recordedAt: Instant.optional(),
  }),
});
