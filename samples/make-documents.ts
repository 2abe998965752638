import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const transcript = {
  language: 'en',
  model: 'sample-asr-1.0',
  text: 'Field note. The river is two hands higher than yesterday, and the bridge is closed.',
  segments: [
    { startMs: 0, endMs: 900, text: 'Field note.', confidence: 0.98 },
    { startMs: 900, endMs: 3100, text: 'The river is two hands higher than yesterday,', confidence: 0.94 },
    { startMs: 3100, endMs: 4600, text: 'and the bridge is closed.', confidence: 0.97 },
  ],
};

const translation = {
  sourceLanguage: 'en',
  targetLanguage: 'hi',
  model: 'sample-mt-1.0',
  text: 'फील्ड नोट। नदी कल से दो हाथ ऊपर है, और पुल बंद है।',
};

const analysis = {
  analysis: 'summary',
  model: 'sample-nlp-1.0',
  summary: 'High water closes a bridge.',
  sentiment: { label: 'concerned', score: 0.71 },
};

const subtitles = `WEBVTT

00:00:00.000 --> 00:00:01.500
Open the garage.
`;

const note = `Field note, kept as it was typed.
The river is two hands higher than yesterday, and the bridge is closed.
नदी कल से दो हाथ ऊपर है।
`;

/** Writes the texts that belong to the recordings. */
export const makeDocuments = (folder: string): void => {
  const json = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  json('field-note.transcript.json', transcript);
  json('field-note.hi.json', translation);
  json('field-note.summary.json', analysis);
  writeFileSync(join(folder, 'field-note.txt'), note);
  writeFileSync(join(folder, 'door-clip.vtt'), subtitles);
};
