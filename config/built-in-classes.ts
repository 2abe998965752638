import type { DataClass } from '../core/data-class.ts';
import { faceSample, faceSnapshot } from './classes/faces.ts';
import { model, temp, userFile } from './classes/files.ts';
import { caseAudio, rawAudio, voiceCommand } from './classes/recordings.ts';
import { analysis, rawText, transcription, translation } from './classes/texts.ts';

/** The classes that every deployment begins with; `mediakeep.config.ts` changes, adds or leaves out. */
export const builtInClasses: readonly DataClass[] = [
  voiceCommand,
  rawAudio,
  rawText,
  transcription,
  translation,
  analysis,
  temp,
  userFile,
  caseAudio,
  faceSample,
  faceSnapshot,
  model,
];
