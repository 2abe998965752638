import type { DataClass } from '../core/data-class.ts';
import { reservedPrefixes } from '../core/key-layout.ts';
import type { ClassRule } from './check-classes.ts';
import type { Problem } from './problem.ts';

/** Variables that every object has; the rest are attributes of the class. */
const ownVariables = ['tenant', 'assetId', 'date', 'filename', 'case', 'subject'];
/** What a sealed object's key may show: nothing that a person wrote. */
const variablesWithoutPersonalData = ['tenant', 'assetId', 'date', 'subject'];
const longestSegment = 128;
const longestKey = 1024;

const problem = (dataClass: DataClass, allowed: string, fix: string): Problem => ({
  field: `classes[${dataClass.name}].layout`,
  value: dataClass.layout,
  allowed,
  fix,
});

const variablesOf = ({ layout }: DataClass): string[] =>
  [...layout.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

const nameIsUsable: ClassRule = ({ name }, all) => {
  const fits = /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(name) && !name.includes('--');
  if (fits && all.filter((other) => other.name === name).length === 1) return [];
  return [
    {
      field: `classes[${name}].name`,
      value: name,
      allowed: '3 to 32 lower-case letters, digits and single hyphens, beginning with a letter, each name once',
      fix: 'Rename the class; leave the built-in one out of the list to replace it',
    },
  ];
};

const layoutIsWellFormed: ClassRule = (dataClass) =>
  /^([a-z0-9-]+\/)+\{tenant\}(\/\{\w+\})+$/.test(dataClass.layout)
    ? []
    : [
        problem(
          dataClass,
          'fixed lower-case segments, then `{tenant}`, then variables alone, joined by `/`',
          'Write it like `raw/audio/{tenant}/{date}/{assetId}/{filename}`: one lifecycle rule serves a class only if the tenant stands after its own segments',
        ),
      ];

const assetIdStandsOnce: ClassRule = (dataClass) => {
  const names = variablesOf(dataClass);
  if (names.includes('assetId') && new Set(names).size === names.length) return [];
  return [
    problem(dataClass, '`{assetId}` and no variable twice', 'Without the id two files of one name would be one object'),
  ];
};

const variablesAreKnown: ClassRule = (dataClass) => {
  const known = [...ownVariables, ...Object.keys(dataClass.attributes.shape)];
  const unknown = variablesOf(dataClass).filter((name) => !known.includes(name));
  if (unknown.length === 0) return [];
  return [
    problem(
      dataClass,
      `the variables ${known.join(', ')}`,
      `Add ${unknown.join(', ')} to the class's attributes or take it out of the layout`,
    ),
  ];
};

const attributesKeepTheirNames: ClassRule = ({ name, attributes }) =>
  Object.keys(attributes.shape)
    .filter((attribute) => ownVariables.includes(attribute) || !/^[a-z][A-Za-z0-9]{0,39}$/.test(attribute))
    .map((attribute) => ({
      field: `classes[${name}].attributes.${attribute}`,
      value: attribute,
      allowed: `a name in camelCase other than ${ownVariables.join(', ')}`,
      fix: 'Rename the attribute',
    }));

const prefixIsOwn: ClassRule = (dataClass, all) =>
  all
    .filter((other) => other !== dataClass && dataClass.prefix.startsWith(other.prefix))
    .map((other) =>
      problem(
        dataClass,
        `fixed segments that do not begin with \`${other.prefix}\`, which belongs to ${other.name}`,
        'Rename the first segments: a rule for one prefix would reach into the other class',
      ),
    );

const prefixIsNotReserved: ClassRule = (dataClass) =>
  reservedPrefixes
    .filter((reserved) => dataClass.prefix.startsWith(reserved) || reserved.startsWith(dataClass.prefix))
    .map((reserved) =>
      problem(
        dataClass,
        `fixed segments apart from ${reservedPrefixes.join(', ')}`,
        `\`${reserved}\` is Mediakeep's own`,
      ),
    );

const keyFits: ClassRule = (dataClass) => {
  const longest = dataClass.prefix.length + variablesOf(dataClass).length * (longestSegment + 1);
  if (longest <= longestKey) return [];
  return [
    problem(
      dataClass,
      `keys of at most ${longestKey} characters; the longest of this layout would have ${longest}`,
      `Use fewer variables: each can take ${longestSegment} characters`,
    ),
  ];
};

const sealedKeyIsSilent: ClassRule = (dataClass) => {
  const telling = variablesOf(dataClass).filter((name) => !variablesWithoutPersonalData.includes(name));
  if (!dataClass.seal || telling.length === 0) return [];
  return [
    problem(
      dataClass,
      `the variables ${variablesWithoutPersonalData.join(', ')} in a sealed class`,
      `Take out ${telling.join(', ')}: a key is not encrypted`,
    ),
  ];
};

/** What a class's name, layout and attributes have to hold. */
export const layoutRules: readonly ClassRule[] = [
  nameIsUsable,
  layoutIsWellFormed,
  assetIdStandsOnce,
  variablesAreKnown,
  attributesKeepTheirNames,
  prefixIsOwn,
  prefixIsNotReserved,
  keyFits,
  sealedKeyIsSilent,
];
