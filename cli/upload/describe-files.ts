import { basename } from 'node:path';
import type { UploadFacts } from '../../client/index.ts';
import type { ClassItem } from '../../core/schemas/class.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { contentTypeOf } from './content-type.ts';
import type { FoundFile } from './find-files.ts';
import type { PathMapping } from './path-mapping.ts';

/** What the command line says of all files. */
export interface Description {
  readonly class: string;
  readonly contentType?: string | undefined;
  readonly subject?: string | undefined;
  readonly consent?: string | undefined;
  readonly case?: string | undefined;
  readonly device?: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly mapping?: PathMapping | undefined;
}

const ownFields = ['class', 'subject', 'consent', 'case', 'device', 'filename'] as const;
type OwnField = (typeof ownFields)[number];

/** The facts of one file: from its path where a mapping reads them there, else from the command line. */
export const describeFile = (
  file: FoundFile,
  description: Description,
  classes: ReadonlyMap<string, ClassItem>,
): UploadFacts => {
  const mapped = description.mapping?.(file.relativePath);
  if (description.mapping !== undefined && mapped === undefined) {
    throw new CliError(exitCodes.refused, `the path \`${file.relativePath}\` does not fit --map`);
  }
  const own = (name: OwnField): string | undefined => mapped?.[name];
  const attributes = Object.entries(mapped ?? {}).filter(([name]) => !ownFields.some((field) => field === name));
  const className = own('class') ?? description.class;
  const dataClass = classes.get(className);
  if (dataClass === undefined) {
    throw new CliError(
      exitCodes.refused,
      `there is no class \`${className}\`; there are ${[...classes.keys()].join(', ')}`,
    );
  }
  const { subject = description.subject, consent = description.consent } = mapped ?? {};
  const { case: caseId = description.case, device = description.device } = mapped ?? {};
  return {
    class: className,
    filename: own('filename') ?? basename(file.path),
    contentType: description.contentType ?? contentTypeOf(file.path),
    attributes: typed({ ...Object.fromEntries(attributes), ...description.attributes }, dataClass),
    ...(subject && { subject }),
    ...(consent && { consent }),
    ...(caseId && { case: caseId }),
    ...(device && { device }),
  };
};

/** Command lines and paths carry text; the class's schema says which attributes are numbers or truth values. */
const typed = (attributes: Record<string, string>, { attributes: schema }: ClassItem): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, typedValue(text, typeOf(schema, name))]));

const typeOf = (schema: Record<string, unknown>, name: string): unknown => {
  const properties = schema['properties'];
  if (typeof properties !== 'object' || properties === null || !Object.hasOwn(properties, name)) return undefined;
  const property: unknown = Reflect.get(properties, name);
  return typeof property === 'object' && property !== null && 'type' in property ? property.type : undefined;
};

const typedValue = (text: string, type: unknown): unknown => {
  if ((type === 'number' || type === 'integer') && text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};
