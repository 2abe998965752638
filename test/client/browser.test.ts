import { createHash, webcrypto } from 'node:crypto';
import { resolve } from 'node:path';
import vm from 'node:vm';
import { crc32 } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { startFakeService } from './fake-service.ts';
import { bytesOf, facts } from './upload-world.ts';

const bundle = async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(import.meta.dirname, '../../client/index.ts')],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'mediakeep',
    target: 'es2022',
  });
  return { text: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
};

/** What a browser has, and no more: no `process`, no `Buffer`, no `require`. */
const browserGlobals = () => ({
  fetch,
  Blob,
  AbortSignal,
  AbortController,
  DOMException,
  Headers,
  Response,
  TextEncoder,
  TextDecoder,
  URL,
  URLSearchParams,
  crypto: webcrypto,
  btoa,
  atob,
  setTimeout: (run: () => void) => setTimeout(run, 0),
  clearTimeout,
  Uint8Array,
});

describe('the client runs in browsers', () => {
  it('without anything of Node or the AWS SDK in its bundle', async () => {
    const { text, inputs } = await bundle();

    expect(inputs.filter((path) => /aws-sdk|smithy|client\/node/.test(path))).toEqual([]);
    expect(text).not.toMatch(/require\(|from\s*["']node:|import\(/);
    expect(text.length).toBeLessThan(250_000);
  });

  it('and uploads in one PUT and in parts, with checksums of its own', async () => {
    await using service = await startFakeService({ partBytes: 2000 });
    const { text } = await bundle();
    const world = vm.createContext(browserGlobals());
    vm.runInContext(`${text}\nglobalThis.Mediakeep = mediakeep.Mediakeep;`, world);
    const client = new world['Mediakeep']({ api: service.url, token: () => 't' });

    for (const length of [1500, 7001]) {
      const content = bytesOf(length, length);
      const { assetId } = await client.upload(new Blob([Buffer.from(content)]), facts);

      expect(vm.runInContext('typeof process', world)).toBe('undefined');
      expect(service.storage.objects.get(assetId)).toEqual(Buffer.from(content));
      expect(crc32(content)).toBe(crc32(service.storage.objects.get(assetId) ?? ''));
      expect(service.uploads.uploads.get(assetId)?.sha256).toBe(createHash('sha256').update(content).digest('base64'));
    }
  });
});
