import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { UploadPlan, UploadState } from '../../core/schemas/upload.ts';
import type { ReachablePlatform, RunningPlatform } from './running-platform.ts';

/** An upload whose content S3 has taken: from here on nothing may be lost. */
export interface SentUpload {
  readonly assetId: string;
  readonly uploadToken: string;
  readonly content: Buffer;
  readonly user: SampleUserName;
}

export type SampleUserName = Parameters<RunningPlatform['as']>[0];

/** What an upload is to say of itself. */
export interface Facts {
  readonly class: string;
  readonly filename: string;
  readonly contentType: string;
  readonly [name: string]: unknown;
}

export const anyFile: Facts = {
  class: 'user-file',
  filename: 'any.bin',
  contentType: 'application/octet-stream',
  subject: 'sub-1',
};

/** Content that nobody else has. */
export const freshContent = (bytes = 300): Buffer => randomBytes(bytes);

export const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('base64');

/** Asks the API as a sample user. */
export const askApi = async (
  running: ReachablePlatform,
  user: SampleUserName,
  request: { method?: string; path: string; body?: unknown; headers?: Record<string, string> },
): Promise<{ status: number; body: unknown }> => {
  const { method = 'GET', path, body, headers } = request;
  const response = await fetch(`${running.state.api}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await running.tokenOf(user)}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

/** Begins an upload; the plan says what is to be sent to S3. */
export const begin = async <Method extends UploadPlan['method']>(
  running: ReachablePlatform,
  method: Method,
  announced: Facts & Record<string, unknown>,
  user: SampleUserName = 'ravi',
): Promise<Extract<UploadPlan, { method: Method }>> => {
  const { body } = await askApi(running, user, { method: 'POST', path: '/uploads', body: announced });
  const plan = UploadPlan.parse(body);
  if (isPlan(plan, method)) return plan;
  throw new Error(`The upload was planned as ${plan.method}, not as ${method}.`);
};

const isPlan = <Method extends UploadPlan['method']>(
  plan: UploadPlan,
  method: Method,
): plan is Extract<UploadPlan, { method: Method }> => plan.method === method;

/** Sends a content in one PUT, with its digest; does not wait for what becomes of it. */
export const sendByPut = async (
  running: ReachablePlatform,
  content: Buffer,
  facts: Facts = anyFile,
  user: SampleUserName = 'ravi',
): Promise<SentUpload> => {
  const announced = { ...facts, bytes: content.length, sha256: sha256Of(content) };
  const { assetId, token, request } = await begin(running, 'put', announced, user);
  const { url, method, headers } = request;
  await acknowledged(fetch(url, { method, headers, body: new Uint8Array(content) }));
  return { assetId, uploadToken: token, content, user };
};

/** Sends a content by a form, without its digest, which S3 then has to find out. */
export const sendByForm = async (
  running: ReachablePlatform,
  content: Buffer,
  facts: Facts = anyFile,
): Promise<SentUpload> => {
  const announced = { ...facts, byteRange: { min: 1, max: 100_000 } };
  const { assetId, token, form } = await begin(running, 'post', announced);
  await acknowledged(fetch(form.url, { method: 'POST', body: formOf(form.fields, content) }));
  return { assetId, uploadToken: token, content, user: 'ravi' };
};

/** The body of a form upload. */
export const formOf = (fields: Readonly<Record<string, string>>, content: Uint8Array): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([new Uint8Array(content)]));
  return data;
};

const acknowledged = async (answer: Promise<Response>): Promise<void> => {
  const response = await answer;
  if (!response.ok) throw new Error(`S3 answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
};

/** Where an upload stands, as its uploader is told. */
export const stateOf = async (
  running: ReachablePlatform,
  { assetId, uploadToken, user }: SentUpload,
): Promise<UploadState> => {
  const headers = { 'upload-token': uploadToken };
  const { body } = await askApi(running, user, { path: `/uploads/${assetId}`, headers });
  return UploadState.parse(body);
};

/** The code of a problem that the API answered. */
export const problemCode = (body: unknown): string => z.object({ code: z.string() }).parse(body).code;
