import type { DataClass } from '../../../core/data-class.ts';
import { MediakeepError } from '../../../core/error.ts';
import {
  canonicalJson,
  completionReserveBytes,
  encodeFacts,
  type Facts,
  maxAttributesBytes,
  maxFactsHeaderBytes,
} from '../../../core/facts.ts';
import type { BeginUpload } from '../../../core/schemas/upload.ts';
import type { Caller } from '../membership.ts';

/** What was decided when an upload began; with the same body it gives the same upload again. */
export interface Begun {
  readonly assetId: string;
  /** ISO time. */
  readonly createdAt: string;
}

/** The facts that travel with the object; throws `too-large` where they do not fit into its metadata. */
export const uploadFacts = (
  begun: Begun,
  upload: BeginUpload,
  attributes: Readonly<Record<string, unknown>>,
  about: { readonly dataClass: DataClass; readonly caller: Caller },
): Facts => {
  const { filename, contentType, bytes, sha256, subject, consent, device } = upload;
  const facts: Facts = {
    v: 1,
    ...begun,
    tenant: about.caller.tenant,
    dataClass: about.dataClass.name,
    uploader: about.caller.principal,
    filename,
    contentType,
    bytes,
    sha256,
    subject,
    consent,
    case: upload.case,
    device,
    attributes: { ...attributes },
  };
  checkRoom(facts);
  return facts;
};

const checkRoom = (facts: Facts): void => {
  const size = new TextEncoder().encode(canonicalJson(facts.attributes)).length;
  const room = maxFactsHeaderBytes - completionReserveBytes;
  const over = encodeFacts(facts).length - room;
  // Four characters of the header carry three bytes of JSON.
  const most = Math.min(maxAttributesBytes, size - Math.ceil((Math.max(over, 0) * 3) / 4));
  if (size <= most) return;
  const message = `take ${size} bytes as JSON; beside this file name and these ids at most ${Math.max(most, 0)} fit`;
  throw new MediakeepError('too-large', `The upload cannot begin: /attributes ${message}.`, {
    fields: [{ pointer: '/attributes', message }],
  });
};
