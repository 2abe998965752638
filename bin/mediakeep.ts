import { resolve } from 'node:path';
import { classes, deployment } from '../config/mediakeep.config.ts';
import { createApp } from './app.ts';

createApp({ deployment, dataClasses: classes, bundles: resolve(import.meta.dirname, '..', 'dist') }).app.synth();
