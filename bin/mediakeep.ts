import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { classes, deployment } from '../config/mediakeep.config.ts';
import { whatHasToBeEnabled } from '../config/regions.ts';
import { composeApp } from './app.ts';
import { overrides } from './overrides.ts';

const app = new App();
const { data, regions } = composeApp(app, {
  deployment: { ...deployment, ...overrides((name) => app.node.tryGetContext(name)) },
  dataClasses: classes,
  standby: String(app.node.tryGetContext('standby')) === 'true',
  bundles: resolve(import.meta.dirname, '..', 'dist'),
});
process.stderr.write(whatHasToBeEnabled(regions) + data.undeletable);
app.synth();
