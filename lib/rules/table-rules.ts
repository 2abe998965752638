import { ttlAttribute } from '../../core/catalog/keys.ts';
import { days } from '../../core/time.ts';
import { eachResource, isDerived, type Rule } from './rule.ts';
import { at, type Json, list, type TemplateResource } from './templates.ts';

const tableTypes = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];

/** Settings that a global table keeps for each replica and a plain table for itself. */
const places = ({ type, properties }: TemplateResource): readonly Json[] =>
  type === 'AWS::DynamoDB::GlobalTable' ? list(properties['Replicas']) : [properties as Json];

const holdsSubjectKeys = ({ type }: TemplateResource): boolean => type === 'AWS::DynamoDB::Table';

const recoveryDays = (table: TemplateResource): number[] =>
  places(table).map((place) => {
    const recovery = at(place, 'PointInTimeRecoverySpecification');
    return at(recovery, 'PointInTimeRecoveryEnabled') === true ? Number(at(recovery, 'RecoveryPeriodInDays') ?? 35) : 0;
  });

const canBeWoundBack = eachResource(
  'C61',
  'a table can be wound back, the subjects’ keys by a day only',
  tableTypes,
  (table, { deployment }) => {
    const wanted = holdsSubjectKeys(table) ? 1 : Math.min(35, deployment.erasureDeadline / days(1));
    return recoveryDays(table).some((found) => found !== wanted) && `RecoveryPeriodInDays must be ${wanted}`;
  },
);

const isEncrypted = eachResource(
  'C62',
  'a table has a customer key',
  tableTypes,
  (table) =>
    (at(table.properties['SSESpecification'], 'SSEEnabled') !== true ||
      places(table).some((place) => at(place, 'SSESpecification', 'KMSMasterKeyId') === undefined)) &&
    'SSESpecification must name a customer key',
);

const isProtected = eachResource(
  'C63',
  'a table cannot be deleted by a slip',
  tableTypes,
  (table, { deployment }) =>
    deployment.retainData &&
    !isDerived(table, { deployment }) &&
    places(table).some((place) => at(place, 'DeletionProtectionEnabled') !== true) &&
    'DeletionProtectionEnabled must be true',
);

const forgetsOnlyTheForgettable = eachResource(
  'C67',
  'rows vanish only by the attribute that rows of truth never have',
  tableTypes,
  (table) => {
    const ttl = table.properties['TimeToLiveSpecification'];
    if (ttl === undefined) return undefined;
    if (holdsSubjectKeys(table)) return 'keys of subjects do not vanish by themselves';
    return at(ttl, 'AttributeName') !== ttlAttribute && `AttributeName must be ${ttlAttribute}`;
  },
);

const forgetsInTime = eachResource(
  'C99',
  'no copy of a table outlives the erasure deadline',
  tableTypes,
  (table, { deployment }) =>
    recoveryDays(table).some((found) => found * days(1) > deployment.erasureDeadline) &&
    'RecoveryPeriodInDays must end within `erasureDeadline`',
);

/** Rules over the tables. */
export const tableRules: readonly Rule[] = [
  canBeWoundBack,
  isEncrypted,
  isProtected,
  forgetsOnlyTheForgettable,
  forgetsInTime,
];
