import type { BeginUpload, UploadPlan } from '../core/schemas/upload.ts';
import { UploadPlan as UploadPlanSchema } from '../core/schemas/upload.ts';
import { callApi } from './connection.ts';
import type { UploadJob } from './upload-options.ts';
import { uploadAttempts } from './upload-options.ts';

/**
 * `POST /uploads` for this content. Repeated with the same key it answers the same upload, with requests signed anew. Without
 * one nothing is written down, and each answer is another upload: that is enough for a single PUT, of which nothing exists
 * before its content.
 */
export const beginUpload = async (
  { connection, content, facts, signal }: UploadJob,
  sha256: string | undefined,
  idempotencyKey: string | false,
): Promise<UploadPlan> => {
  const body: BeginUpload = {
    ...facts,
    attributes: { ...facts.attributes },
    bytes: content.bytes,
    ...(sha256 !== undefined && { sha256 }),
  };
  const { value } = await callApi(connection, {
    method: 'POST',
    path: '/uploads',
    idempotencyKey,
    body,
    answer: UploadPlanSchema,
    attempts: uploadAttempts,
    signal,
  });
  return value;
};
