import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import { canonicalJson, maxAttributesBytes } from '../../../core/facts.ts';
import type { FactsObject } from '../../../core/facts-object.ts';
import { factsKey } from '../../../core/key-layout.ts';
import { Asset, ChangeAsset } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { isoTime } from '../../../core/time.ts';
import { assetEtag, expectMatch, IfMatchHeaders } from '../assets/etag.ts';
import { expectStored, findAsset } from '../assets/find.ts';
import { toAsset } from '../assets/shape.ts';
import { endpoint } from '../endpoint.ts';
import { parseInput } from '../input.ts';
import type { Services } from '../services.ts';

/**
 * Changes what an asset says about its content. The facts object in the vault is the truth of it: it is read, merged and
 * put back over exactly what was read; the catalog hears of it from the vault.
 */
export const changeAsset = endpoint({
  operation: 'changeAsset',
  summary: 'Change the attributes of an asset',
  description:
    'Sets the attributes that are given, takes away those that are null, and leaves the others. Needs `If-Match` with the `ETag` that was read.',
  shapes: { path: AssetPath, headers: IfMatchHeaders, body: ChangeAsset },
  answers: { 200: Asset },
  errors: ['not-found', 'gone', 'precondition-required', 'precondition-failed', 'unprocessable', 'too-large'],
  run: async ({ path: { assetId }, headers, body, caller }, services) => {
    const ifMatch = headers['if-match'];
    if (ifMatch === undefined) {
      throw new MediakeepError(
        'precondition-required',
        'Send the ETag that you read as If-Match, so that no other change is lost.',
      );
    }
    const row = await findAsset(assetId, 'changeAsset', caller, services);
    expectStored(row);
    const place = factsKey(row.tenant, assetId);
    const stored = await services.vault.readFacts(place);
    const known = isOf(row, stored?.facts) ? stored : undefined;
    expectMatch(ifMatch, assetEtag(row, known?.etag));
    const attributes = merged(row, known?.facts?.attributes ?? row.summary.attributes, body.attributes, services);
    const facts: FactsObject = {
      v: 1,
      assetId,
      tenant: row.tenant,
      key: row.detail.key,
      attributes,
      updatedAt: isoTime(services.clock.now()),
      updatedBy: caller.principal,
    };
    const etag = await write(place, facts, stored?.etag, services);
    const changed = { ...row, summary: { ...row.summary, attributes } };
    return { status: 200, body: toAsset(changed), headers: { etag: assetEtag(row, etag) } };
  },
});

/** Puts the facts over what was read. A refusal may be of one's own repetition, where the answer to the first try was lost. */
const write = async (
  place: string,
  facts: FactsObject,
  over: string | undefined,
  { vault }: Services,
): Promise<string> => {
  const body = canonicalJson(facts);
  const etag = await vault.writeFacts(place, body, over);
  if (etag !== undefined) return etag;
  const standing = await vault.readFacts(place);
  if (standing?.facts !== undefined && canonicalJson(standing.facts) === body) return standing.etag;
  throw new MediakeepError('precondition-failed', 'Somebody else changed the asset at the same time; read it again.');
};

/** The catalog applies a facts object only to the asset that it names. */
const isOf = ({ tenant, summary, detail }: AssetRow, facts: FactsObject | undefined): boolean =>
  facts?.tenant === tenant && facts.assetId === summary.assetId && facts.key === detail.key;

const merged = (
  { summary }: AssetRow,
  current: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
  { classes }: Services,
): Record<string, unknown> => {
  const dataClass = classes.find(({ name }) => name === summary.dataClass);
  if (dataClass === undefined) {
    throw new MediakeepError(
      'unprocessable',
      `The class ${summary.dataClass} is no longer configured; its attributes are read-only.`,
    );
  }
  const entries = Object.entries({ ...current, ...change }).filter(([, value]) => value !== null);
  const attributes = parseInput(dataClass.attributes, Object.fromEntries(entries), 'attributes', 'unprocessable');
  const size = new TextEncoder().encode(canonicalJson(attributes)).length;
  if (size <= maxAttributesBytes) return attributes;
  const message = `take ${size} bytes as JSON; at most ${maxAttributesBytes} are kept`;
  throw new MediakeepError('too-large', `The change is not valid: /attributes ${message}.`, {
    fields: [{ pointer: '/attributes', message }],
  });
};
