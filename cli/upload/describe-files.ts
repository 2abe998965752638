import { basename } from 'node:path';
import type { UploadFacts } from '../../client/index.ts';
import type { ClassItem } from '../../core/schemas/class.ts';
import { typedAttributes } from '../attributes.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { formatBytes } from '../output.ts';
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

const references = ['subject', 'consent', 'case', 'device'] as const;
const ownFields: readonly string[] = ['class', 'filename', ...references];

/**
 * The facts of one file: from its path where a mapping reads them there, else from the command line. Throws a
 * {@link CliError} for what the service would refuse, so that a dry run shows it.
 */
export const describeFile = (
  file: FoundFile & { readonly bytes: number },
  description: Description,
  classes: ReadonlyMap<string, ClassItem>,
): UploadFacts => {
  const mapped = readPath(file, description);
  const dataClass = classOf(mapped['class'] ?? description.class, classes);
  const contentType = description.contentType ?? contentTypeOf(file.path);
  checkContent({ bytes: file.bytes, contentType }, dataClass);
  const attributes = Object.entries(mapped).filter(([name]) => !ownFields.includes(name));
  const said = references.map((name) => [name, mapped[name] ?? description[name]] as const);
  checkCase(mapped['case'] ?? description.case, dataClass);
  return {
    class: dataClass.name,
    filename: mapped['filename'] ?? basename(file.path),
    contentType,
    attributes: typedAttributes({ ...Object.fromEntries(attributes), ...description.attributes }, dataClass),
    ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
  };
};

const readPath = ({ relativePath }: FoundFile, { mapping }: Description): Readonly<Record<string, string>> => {
  const mapped = mapping === undefined ? {} : mapping(relativePath);
  if (mapped !== undefined) return mapped;
  throw new CliError(exitCodes.refused, `the path \`${relativePath}\` does not fit --map`);
};

const classOf = (name: string, classes: ReadonlyMap<string, ClassItem>): ClassItem => {
  const dataClass = classes.get(name);
  if (dataClass !== undefined) return dataClass;
  throw new CliError(exitCodes.refused, `there is no class \`${name}\`; there are ${[...classes.keys()].join(', ')}`);
};

const checkContent = (
  { bytes, contentType }: { bytes: number; contentType: string },
  { name, accepts, maxBytes }: ClassItem,
): void => {
  const accepted = accepts.flatMap(({ contentTypes }) => contentTypes);
  if (bytes === 0) throw new CliError(exitCodes.refused, 'the file is empty: there is nothing to keep');
  if (bytes > maxBytes) {
    throw new CliError(exitCodes.refused, `has ${formatBytes(bytes)}; ${name} takes at most ${formatBytes(maxBytes)}`);
  }
  if (!accepted.includes(contentType)) {
    throw new CliError(
      exitCodes.refused,
      `is ${contentType} by its name; ${name} takes ${accepted.join(', ')} (--content-type says otherwise)`,
    );
  }
};

const checkCase = (ofCase: string | undefined, { name, topic }: ClassItem): void => {
  if (topic === 'case' && ofCase === undefined) {
    throw new CliError(exitCodes.refused, `belongs to a case by its class ${name}; say which with --case`);
  }
  if (topic === 'phrase' && ofCase !== undefined) {
    throw new CliError(
      exitCodes.refused,
      `cannot belong to a case: ${name} is listed by its phrase; leave out --case, or choose a class whose topic is no phrase`,
    );
  }
};
