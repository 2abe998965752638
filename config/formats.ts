import type { AcceptedFormat } from '../core/data-class.ts';

const contentTypes = {
  wav: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  flac: ['audio/flac', 'audio/x-flac'],
  mp3: ['audio/mpeg', 'audio/mp3'],
  ogg: ['audio/ogg', 'audio/opus', 'application/ogg'],
  mp4: ['audio/mp4', 'audio/m4a', 'audio/x-m4a', 'video/mp4'],
  jpeg: ['image/jpeg'],
  png: ['image/png'],
  json: ['application/json'],
  text: ['text/plain', 'text/vtt', 'application/x-subrip'],
  binary: ['application/octet-stream'],
} as const satisfies Record<AcceptedFormat['format'], readonly string[]>;

type Format = AcceptedFormat['format'];
type AudioFormat = Extract<Format, 'wav' | 'flac' | 'mp3' | 'ogg' | 'mp4'>;
type ImageFormat = Extract<Format, 'jpeg' | 'png'>;

const accept = (formats: readonly Format[]): AcceptedFormat[] =>
  formats.map((format) => ({ format, contentTypes: contentTypes[format] }));

/** Sound in these containers; all of them, if none is named. */
export const audio = (...formats: AudioFormat[]): AcceptedFormat[] =>
  accept(formats.length > 0 ? formats : ['wav', 'flac', 'mp3', 'ogg', 'mp4']);

/** Pictures of these kinds; all of them, if none is named. */
export const image = (...formats: ImageFormat[]): AcceptedFormat[] =>
  accept(formats.length > 0 ? formats : ['jpeg', 'png']);

/** JSON documents. */
export const json = (): AcceptedFormat[] => accept(['json']);

/** Plain text and subtitles, UTF-8. */
export const text = (): AcceptedFormat[] => accept(['text']);

/** Bytes whose form nobody checks. */
export const binary = (): AcceptedFormat[] => accept(['binary']);

/** Every format that is known by its magic bytes, and bytes without a known form. */
export const anything = (): AcceptedFormat[] => [...audio(), ...image(), ...json(), ...text(), ...binary()];
