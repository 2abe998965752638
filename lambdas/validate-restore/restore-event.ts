import * as z from 'zod';

/** What EventBridge tells of a restore test that has brought something back. */
export const RestoreEvent = z.object({
  detail: z.object({
    restoreJobId: z.string().min(1),
    resourceType: z.string(),
    createdResourceArn: z.string().min(1),
    validationStatus: z.string().optional(),
  }),
});
export type RestoreEvent = z.infer<typeof RestoreEvent>;

/** True for the event that a judgement itself makes: to judge again would go on for ever. */
export const isJudged = ({ detail }: RestoreEvent): boolean =>
  detail.validationStatus !== undefined && detail.validationStatus !== 'VALIDATING';

/** What a restore brought back, as far as it can be judged. */
export type RestoredResource =
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'bucket'; readonly name: string };

/** The table or bucket of an event; undefined for a resource that nobody here has. */
export const restoredResource = ({ detail }: RestoreEvent): RestoredResource | undefined => {
  const table = /^arn:aws[\w-]*:dynamodb:[^:]+:\d+:table\/([\w.-]+)$/.exec(detail.createdResourceArn)?.[1];
  if (table !== undefined) return { kind: 'table', name: table };
  const bucket = /^arn:aws[\w-]*:s3:::([a-z0-9.-]+)$/.exec(detail.createdResourceArn)?.[1];
  return bucket === undefined ? undefined : { kind: 'bucket', name: bucket };
};
