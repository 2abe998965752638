export type { FileContent } from './file-content.ts';
export { openFile } from './file-content.ts';
export { fileProgressStore } from './file-progress-store.ts';
export { httpTransport } from './http-transport.ts';
