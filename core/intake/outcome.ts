import type { RejectionCode } from '../media/rejection.ts';

/** How the intake of one landed version ended. */
export type IntakeOutcome =
  | { readonly kind: 'accepted'; readonly assetId: string; readonly dataClass: string; readonly bytes: number }
  | { readonly kind: 'duplicate'; readonly assetId: string; readonly duplicateOf: string; readonly dataClass: string }
  | { readonly kind: 'rejected'; readonly assetId: string; readonly reason: RejectionCode }
  /** An earlier delivery, or an earlier version of the same key, was decided before. */
  | { readonly kind: 'decided'; readonly assetId: string }
  /** The version has just left landing: another delivery is done with it, and the catalog is about to hear of it. */
  | { readonly kind: 'vanished'; readonly assetId: string }
  /** The version is not in landing any more and nobody decided about it: the upload is lost. */
  | { readonly kind: 'lost'; readonly tenant: string; readonly assetId: string };
