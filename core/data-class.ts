import type { z } from 'zod';

/** What a class accepts: a container by the name its magic bytes show, with the content types that may declare it. */
export interface AcceptedFormat {
  readonly format: 'wav' | 'flac' | 'mp3' | 'ogg' | 'mp4' | 'jpeg' | 'png' | 'json' | 'text' | 'binary';
  readonly contentTypes: readonly string[];
}

/**
 * Which facts intake reads from the content: `format` those of whatever format its type declares, `none` only checks the
 * magic bytes and takes the rest as it is.
 */
export type Inspection = 'audio' | 'image' | 'json' | 'text' | 'format' | 'none';

export type ColdStorage = 'standard-ia' | 'glacier-ir' | 'glacier' | 'deep-archive';

/** Times of a class, in milliseconds after creation. */
export interface RetentionRule {
  /** When the storage class becomes {@link cold}; never, if undefined. */
  readonly coldAfter?: number;
  readonly cold?: ColdStorage;
  /** When it is deleted; never, if undefined. */
  readonly deleteAfter?: number;
  /** Before this age nothing but a court may delete it. */
  readonly floor?: number;
}

/**
 * What the assets of a class are always listed by, besides class, uploader, subject, content hash and time. Other classes may
 * belong to a case too; those with the topic `phrase` may not, because an asset is listed by one topic at most.
 */
export type Topic = 'case' | 'phrase';

/** A declared kind of data with its rules; everything that handles data of the class is driven by this. */
export interface DataClassProps<Attributes extends z.ZodObject = z.ZodObject> {
  /** `raw/audio/{tenant}/{date}/{assetId}/{filename}`: fixed segments first, then `{tenant}`, then variables. */
  readonly layout: string;
  readonly accepts: readonly AcceptedFormat[];
  /** The largest content, in bytes. */
  readonly maxBytes: number;
  readonly inspect: Inspection;
  readonly retention: RetentionRule;
  /**
   * Compressed when it is packed for the archive, where that saves at least a tenth. Promotion stores the content as it came:
   * a presigned download cannot decompress.
   */
  readonly compress?: 'zstd';
  /** Encrypted under the data subject's own key. */
  readonly seal: boolean;
  /** Holds the voice, the face or the words of a data subject. */
  readonly subjects: boolean;
  readonly replicate: boolean;
  readonly topic?: Topic;
  readonly attributes: Attributes;
}

export interface DataClass<Attributes extends z.ZodObject = z.ZodObject> extends DataClassProps<Attributes> {
  /** `raw-audio` */
  readonly name: string;
  /** The fixed segments of the layout with their last `/`: `raw/audio/`. */
  readonly prefix: string;
}

/** Declares a class. Rules that tie classes together are checked where the list is made. */
export const dataClass = <Attributes extends z.ZodObject>(
  name: string,
  props: DataClassProps<Attributes>,
): DataClass<Attributes> => ({ ...props, name, prefix: props.layout.slice(0, props.layout.indexOf('{')) });
