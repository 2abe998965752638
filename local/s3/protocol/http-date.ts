/** `Wed, 21 Oct 2026 07:28:00 GMT` */
export const httpDate = (ms: number): string => new Date(ms).toUTCString();
