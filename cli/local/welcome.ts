import type { LocalState } from '../../local/state-file.ts';

/** What a newcomer can do next. */
export const welcomeLines = ({ endpoint, api, regions }: LocalState, stateDir: string): string[] => [
  '',
  `Ready. API ${api}, AWS endpoint ${endpoint}; everything else is in ${stateDir}/local.json.`,
  'In another terminal:',
  '  npx mediakeep ls --class raw-audio',
  '  npx mediakeep upload <file> --class user-file --subject speaker-1',
  '  npx mediakeep local clock +1d',
  `  aws --endpoint-url ${endpoint} --region ${regions[0]} s3 ls    (keys: "admin" in ${stateDir}/local.json)`,
  'Ctrl-C stops it; what is stored stays.',
];
