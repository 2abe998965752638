import * as z from 'zod';

/** What is left of an upload when its process is killed: enough to send nothing twice but the parts in flight. */
export const UploadProgress = z.strictObject({
  v: z.literal(1),
  assetId: z.string(),
  token: z.string(),
  bytes: z.number().int(),
  partBytes: z.number().int(),
  /** The parts that S3 has, with the CRC-32 that each had when it was read. */
  parts: z.array(z.strictObject({ partNumber: z.number().int(), etag: z.string(), crc32: z.number().int() })),
});
export type UploadProgress = z.infer<typeof UploadProgress>;
export type UploadedPart = UploadProgress['parts'][number];

/** Where an upload's progress is kept between its tries; `mediakeep/client/node` keeps it in a small file. */
export interface ProgressStore {
  load(): Promise<UploadProgress | undefined>;
  save(progress: UploadProgress): Promise<void>;
  remove(): Promise<void>;
}

/** Remembers nothing: an upload that ends begins anew. */
export const noProgressStore: ProgressStore = {
  load: async () => undefined,
  save: async () => {},
  remove: async () => {},
};
