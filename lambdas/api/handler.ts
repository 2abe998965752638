import { measured } from '../shared/metrics.ts';
import { createApi } from './app.ts';
import { compose } from './compose.ts';

const beside = (name: string): URL => new URL(name, import.meta.url);

const services = compose(process.env, {
  engine: beside('./cedar_wasm_bg.wasm'),
  policies: beside('./policies.json'),
});

/** The HTTP API's one function. */
export const handler = measured(services.meter, createApi(services));
