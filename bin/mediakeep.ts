import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { classes, deployment } from '../config/mediakeep.config.ts';
import { composeApp } from './app.ts';
import { overrides } from './overrides.ts';

const app = new App();
const { data } = composeApp(app, {
  deployment: { ...deployment, ...overrides((name) => app.node.tryGetContext(name)) },
  dataClasses: classes,
  bundles: resolve(import.meta.dirname, '..', 'dist'),
});
process.stderr.write(data.undeletable);
app.synth();
