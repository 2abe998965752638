/** Plain JSON in which every intrinsic has become text. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The account that a template is deployed in, as it stands in rendered properties. */
export const thisAccount = `\${${'AWS::AccountId'}}`;

/** A resource as the rules see it. */
export interface TemplateResource {
  /** `{stack}/{logical id}`, unique in the app. */
  readonly id: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** Ids of what has to exist first, by DependsOn or by reference, in the same stack. */
  readonly needs: readonly string[];
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
}

/** The templates of an app by the names of their stacks, as CloudFormation would get them. */
export type RawTemplates = Readonly<Record<string, unknown>>;

/** Reads all templates; `${stack/Id}` stands for a reference, `${stack/Id.Arn}` for an attribute, across stacks as well. */
export const readTemplates = (raw: RawTemplates): TemplateResource[] =>
  Object.entries(raw).flatMap(([stack, template]) =>
    Object.entries(record(record(template)['Resources'])).map(([logicalId, body]) =>
      readResource(raw, stack, logicalId, record(body)),
    ),
  );

const readResource = (
  raw: RawTemplates,
  stack: string,
  logicalId: string,
  body: Readonly<Record<string, unknown>>,
): TemplateResource => {
  const dependsOn = [body['DependsOn'] ?? []].flat().map((name) => `${stack}/${String(name)}`);
  return {
    id: `${stack}/${logicalId}`,
    stack,
    logicalId,
    type: String(body['Type']),
    properties: record(plain(raw, stack, body['Properties'] ?? {})) as Readonly<Record<string, Json>>,
    needs: [...new Set([...dependsOn, ...references(stack, body['Properties'])])],
    deletionPolicy: optionalText(body['DeletionPolicy']),
    updateReplacePolicy: optionalText(body['UpdateReplacePolicy']),
  };
};

const optionalText = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** A JSON object; empty for anything else. */
export const record = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A JSON array; a single value is an array of itself, and nothing is an empty one. */
export const list = (value: Json | undefined): readonly Json[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Json];
};

/** The value at a path of property names; undefined where something on the way is missing. */
export const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, name) => record(inner)[name] as Json | undefined, value);

const plain = (raw: RawTemplates, stack: string, value: unknown): Json => {
  if (Array.isArray(value)) return value.map((item) => plain(raw, stack, item));
  if (value === null || typeof value !== 'object') return value as Json;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? ['', undefined];
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) return intrinsic(raw, stack, name, argument);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(raw, stack, item)]));
};

const intrinsic = (raw: RawTemplates, stack: string, name: string, argument: unknown): Json => {
  if (name === 'Ref') return reference(stack, String(argument));
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return reference(stack, argument.join('.'));
  if (name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument;
    return list(plain(raw, stack, parts))
      .map(String)
      .join(String(separator));
  }
  if (name === 'Fn::Sub' && typeof argument === 'string') {
    return argument.replace(/\$\{([^!}]+)\}/g, (_, inner: string) => reference(stack, inner));
  }
  if (name === 'Fn::GetStackOutput') {
    const { StackName, OutputName } = record(argument);
    const producer = String(StackName);
    const output = record(record(record(raw[producer])['Outputs'])[String(OutputName)]);
    return plain(raw, producer, output['Value'] ?? `\${${producer}/missing output ${String(OutputName)}}`);
  }
  return `${name}(${JSON.stringify(plain(raw, stack, argument))})`;
};

const reference = (stack: string, name: string): string =>
  name.startsWith('AWS::') ? `\${${name}}` : `\${${stack}/${name}}`;

const references = (stack: string, value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => references(stack, item));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, argument]) => {
    if (name === 'Ref' && typeof argument === 'string')
      return argument.startsWith('AWS::') ? [] : [`${stack}/${argument}`];
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return [`${stack}/${String(argument[0])}`];
    return references(stack, argument);
  });
};
