export type { FileContent } from './file-content.ts';
export { openFile } from './file-content.ts';
export { fileProgressStore, removeOldProgress } from './file-progress-store.ts';
export { httpTransport } from './http-transport.ts';
export type { SigningCredentials, SigningOptions } from './sign-requests.ts';
export { signRequests } from './sign-requests.ts';
