/** The regions in which data of a jurisdiction may lie. Where the law names no place, `ANY` says so. */
export const jurisdictions = {
  IN: ['ap-south-1', 'ap-south-2'],
  EU: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  US: ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  CA: ['ca-central-1', 'ca-west-1'],
  JP: ['ap-northeast-1', 'ap-northeast-3'],
  AU: ['ap-southeast-2', 'ap-southeast-4'],
  ANY: undefined,
} as const satisfies Record<string, readonly string[] | undefined>;

export type Jurisdiction = keyof typeof jurisdictions;

/** Regions that an account has to enable before anything can be deployed there. */
const optInRegions: readonly string[] = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
];

/** What to do in the account before these regions can be deployed to; empty where none of them has to be enabled. */
export const whatHasToBeEnabled = (regions: readonly string[]): string => {
  const wanted = regions.filter((region) => optInRegions.includes(region));
  return wanted
    .map(
      (region) =>
        `Enable the region ${region} in the account first: aws account enable-region --region-name ${region}\n`,
    )
    .join('');
};
