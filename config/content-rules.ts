import { GiB } from '../core/bytes.ts';
import type { AcceptedFormat, Inspection } from '../core/data-class.ts';
import type { ClassRule } from './check-classes.ts';

/** An upload has at most 1,000 parts of at most 5 GiB. */
const largestUpload = 1000 * GiB(5);

const inspectable: Record<Inspection, readonly AcceptedFormat['format'][] | undefined> = {
  audio: ['wav', 'flac', 'mp3', 'ogg', 'mp4'],
  image: ['jpeg', 'png'],
  json: ['json'],
  text: ['text'],
  format: undefined,
  none: undefined,
};

const phraseAttributes = ['language', 'intent', 'variation'];

const sizeIsPossible: ClassRule = ({ name, maxBytes }) =>
  Number.isInteger(maxBytes) && maxBytes >= 1 && maxBytes <= largestUpload
    ? []
    : [
        {
          field: `classes[${name}].maxBytes`,
          value: maxBytes,
          allowed: `a whole number from 1 to ${largestUpload}`,
          fix: 'An upload has at most 1,000 parts of 5 GiB; split what is larger',
        },
      ];

const somethingIsAccepted: ClassRule = ({ name, accepts }) =>
  accepts.length > 0 && accepts.every(({ contentTypes }) => contentTypes.length > 0)
    ? []
    : [
        {
          field: `classes[${name}].accepts`,
          value: accepts,
          allowed: 'one format at least, each with a content type',
          fix: 'Use `audio()`, `image()`, `json()`, `text()`, `binary()` or `anything()` of `config/formats.ts`',
        },
      ];

const inspectionFitsFormats: ClassRule = ({ name, accepts, inspect }) => {
  const readable = inspectable[inspect];
  const others = accepts.map(({ format }) => format).filter((format) => readable?.includes(format) === false);
  if (others.length === 0) return [];
  return [
    {
      field: `classes[${name}].inspect`,
      value: inspect,
      allowed: `an inspection that can read ${others.join(', ')}`,
      fix: 'Accept fewer formats or set `inspect` to `none`',
    },
  ];
};

const compressionSaves: ClassRule = ({ name, compress, inspect }) =>
  compress !== undefined && (inspect === 'audio' || inspect === 'image')
    ? [
        {
          field: `classes[${name}].compress`,
          value: compress,
          allowed: 'nothing for sound and pictures',
          fix: 'Their containers are compressed already; leave it out',
        },
      ]
    : [];

const sealNeedsSubject: ClassRule = ({ name, seal, subjects }) =>
  seal && !subjects
    ? [
        {
          field: `classes[${name}].subjects`,
          value: subjects,
          allowed: '`true` where `seal` is true',
          fix: 'Content is sealed under the key of the person it shows; say whose it is or do not seal',
        },
      ]
    : [];

const phraseHasItsAttributes: ClassRule = ({ name, topic, attributes }) => {
  const missing = phraseAttributes.filter(
    (attribute) => attributes.shape[attribute]?.safeParse(undefined).success !== false,
  );
  if (topic !== 'phrase' || missing.length === 0) return [];
  return [
    {
      field: `classes[${name}].topic`,
      value: topic,
      allowed: `a class with the required attributes ${phraseAttributes.join(', ')}`,
      fix: `Add ${missing.join(', ')} or leave out \`topic\``,
    },
  ];
};

/** What is listed by its phrase belongs to no case, so a case in its key would always be empty. */
const phraseHasNoCase: ClassRule = ({ name, topic, layout }) =>
  topic === 'phrase' && layout.includes('{case}')
    ? [
        {
          field: `classes[${name}].topic`,
          value: topic,
          allowed: 'a layout without `{case}`: an asset is listed by its phrase or by its case',
          fix: 'Take `{case}` out of the layout, or leave out `topic`',
        },
      ]
    : [];

/** What a class's content has to hold. */
export const contentRules: readonly ClassRule[] = [
  sizeIsPossible,
  somethingIsAccepted,
  inspectionFitsFormats,
  compressionSaves,
  sealNeedsSubject,
  phraseHasItsAttributes,
  phraseHasNoCase,
];
