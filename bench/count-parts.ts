import { appendFileSync } from 'node:fs';
import http from 'node:http';

// Loaded before the command line: writes one character for each part that is sent.
const file = process.env['COUNT_PARTS_FILE'] ?? '';
const request = http.request;
http.request = ((...args: Parameters<typeof request>) => {
  if (String(args[0]).includes('partNumber=')) appendFileSync(file, '.');
  return request(...args);
}) as typeof request;
