import { eachResource, ofType, type Rule } from './rule.ts';
import { at, list, record, type TemplateResource } from './templates.ts';

const functionType = 'AWS::Lambda::Function';

const runsOnPinnedRuntime = eachResource(
  'C47',
  'a function runs on Node 24 and arm64',
  functionType,
  ({ properties }) =>
    (properties['Runtime'] !== 'nodejs24.x' || list(properties['Architectures'])[0] !== 'arm64') &&
    'Runtime must be nodejs24.x, Architectures arm64',
);

const limitsAreStated = eachResource(
  'C48',
  'a function states its time and memory',
  functionType,
  ({ properties }) =>
    (properties['Timeout'] === undefined || properties['MemorySize'] === undefined) &&
    'Timeout and MemorySize must be set',
);

const reservesBySetting = eachResource(
  'C48b',
  'concurrency is reserved by a setting only',
  functionType,
  ({ properties }, input) => {
    const reserved = properties['ReservedConcurrentExecutions'];
    const { intake, catalog } = input.deployment.concurrency;
    return (
      reserved !== undefined &&
      ![intake.reserved, catalog.reserved].includes(Number(reserved)) &&
      'ReservedConcurrentExecutions must come from `concurrency`: new accounts have none to reserve'
    );
  },
);

const secretName = /(PASSWORD|SECRET|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|(^|_)TOKEN$)/i;
const opaque = /^[A-Za-z0-9+/_=-]{20,}$/;
const randomBitsPerCharacter = 3.5;

const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0);
};

const carriesNoSecrets = eachResource('C49', 'no secret stands in the environment', functionType, ({ properties }) => {
  const variables = Object.entries(record(at(properties['Environment'], 'Variables')));
  const [name] =
    variables.find(
      ([key, value]) =>
        secretName.test(key) || (opaque.test(String(value)) && entropy(String(value)) > randomBitsPerCharacter),
    ) ?? [];
  return name !== undefined && `${name} looks like a secret: use a key of KMS or Secrets Manager`;
});

const hasOwnRole: Rule = {
  id: 'C50',
  title: 'every function has a role of its own',
  check: (input) => {
    const functions = ofType(input, functionType);
    const shares = ({ id, properties }: TemplateResource) =>
      functions.some((other) => other.id !== id && other.properties['Role'] === properties['Role']);
    return functions.filter(shares).map((resource) => ({ resource, message: 'shares its role with another function' }));
  },
};

const isTraced = eachResource(
  'C52',
  'a function is traced and logs where its template says',
  functionType,
  ({ properties }) => {
    if (at(properties['TracingConfig'], 'Mode') !== 'Active') return 'TracingConfig.Mode must be Active';
    return (
      at(properties['LoggingConfig'], 'LogGroup') === undefined && 'LoggingConfig must name a log group of the template'
    );
  },
);

const hasNoUrl: Rule = {
  id: 'C53',
  title: 'no function has a URL past the API',
  check: (input) => ofType(input, 'AWS::Lambda::Url').map((resource) => ({ resource, message: 'must not exist' })),
};

const codeIsPinned = eachResource(
  'C54',
  'the code of a function is named by its hash',
  functionType,
  ({ properties }) =>
    !/^[0-9a-f]{64}\.zip$/.test(String(at(properties['Code'], 'S3Key'))) && 'Code.S3Key must be a hash',
);

/** Rules over the functions. */
export const functionRules: readonly Rule[] = [
  runsOnPinnedRuntime,
  limitsAreStated,
  reservesBySetting,
  carriesNoSecrets,
  hasOwnRole,
  isTraced,
  hasNoUrl,
  codeIsPinned,
];
